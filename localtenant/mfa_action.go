package localtenant

import (
	"net/http"
	"strconv"
)

// MFAAction is how far the Action that asks for a second factor has come: it has
// to be deployed, and then bound to the login flow, before it runs.
type MFAAction string

// The stages, each with all before it.
const (
	MFAActionNone     MFAAction = "none"     // there is no such Action
	MFAActionDraft    MFAAction = "draft"    // it is saved and was never deployed
	MFAActionDeployed MFAAction = "deployed" // it is deployed, and no flow has it
	MFAActionBound    MFAAction = "bound"    // it runs at every sign-in
)

// mfaActionName is the one in deploy/auth0.
const mfaActionName = "require-mfa"

func (a MFAAction) document() map[string]any {
	trigger := map[string]any{"id": "post-login", "version": "v3"}
	doc := map[string]any{
		"id": "5f0c2c1e-0000-4000-8000-000000000001", "name": mfaActionName, "supported_triggers": []any{trigger},
		"created_at": "2024-03-01T09:00:00.000Z", "updated_at": "2024-03-01T09:00:00.000Z",
		"code": "", "dependencies": []any{}, "runtime": "node22", "secrets": []any{}, "status": "built",
		"all_changes_deployed": a != MFAActionDraft,
	}
	if a != MFAActionDraft {
		doc["deployed_version"] = map[string]any{
			"id": "5f0c2c1e-0000-4000-8000-000000000002", "deployed": true, "number": 1, "status": "built",
			"built_at": "2024-03-01T09:00:00.000Z", "created_at": "2024-03-01T09:00:00.000Z",
		}
	}
	return doc
}

// listActions serves GET /api/v2/actions/actions.
func (t *Tenant) listActions(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	actions := []map[string]any{}
	stage := t.settings.MFAAction
	deployed := strconv.FormatBool(stage != MFAActionDraft)
	if stage != MFAActionNone &&
		(q.Get("actionName") == "" || q.Get("actionName") == mfaActionName) &&
		(q.Get("triggerId") == "" || q.Get("triggerId") == "post-login") &&
		(q.Get("deployed") == "" || q.Get("deployed") == deployed) {
		actions = append(actions, stage.document())
	}
	return writeActionsPage(w, r, "actions", actions)
}

// listBindings serves GET /api/v2/actions/triggers/{triggerId}/bindings.
func (t *Tenant) listBindings(w http.ResponseWriter, r *http.Request) error {
	bindings := []map[string]any{}
	if t.settings.MFAAction == MFAActionBound && r.PathValue("triggerId") == "post-login" {
		bindings = append(bindings, map[string]any{
			"id": "5f0c2c1e-0000-4000-8000-000000000003", "trigger_id": "post-login", "display_name": mfaActionName,
			"action":     MFAActionBound.document(),
			"created_at": "2024-03-01T09:00:00.000Z", "updated_at": "2024-03-01T09:00:00.000Z",
		})
	}
	return writeActionsPage(w, r, "bindings", bindings)
}

// writeActionsPage answers with a list as the endpoints for Actions have it: with
// totals, always.
func writeActionsPage(w http.ResponseWriter, r *http.Request, name string, items []map[string]any) error {
	p := pageOf(r)
	return writeJSON(w, http.StatusOK, map[string]any{
		"total": len(items), "page": p.start / p.limit, "per_page": p.limit, name: cut(items, p),
	})
}
