package localtenant

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// secretForm is what a client secret of the caller's own may be.
var secretForm = regexp.MustCompile(`^[\x21-\x7e]{16,512}$`)

// updateClient serves PATCH /api/v2/clients/{id}: a secret of the caller's own
// choice. The description lacks the route, so the body is checked here
// (https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id).
func (t *Tenant) updateClient(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Secret *string `json:"client_secret"`
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return badRequest("invalid_body", "Payload validation error: %v", err)
	}
	if in.Secret != nil && !slices.Contains(t.scopesOf(r), "update:client_keys") {
		return insufficientScope("update:client_keys")
	}
	c, err := t.client(r)
	if err != nil {
		return err
	}
	document := map[string]any{"client_id": c.ID, "name": c.ID, "grant_types": c.Grants, "callbacks": c.Callbacks}
	if in.Secret != nil {
		if !secretForm.MatchString(*in.Secret) {
			return badRequest("invalid_body",
				"Payload validation error: 'String does not match pattern' on property client_secret.")
		}
		c.rotate(*in.Secret, t.now(), time.Duration(t.settings.SecretLag))
		document["client_secret"] = *in.Secret
	}
	return writeJSON(w, http.StatusOK, document)
}

// scopesOf are the scopes of a request's token, which authorized has checked.
func (t *Tenant) scopesOf(r *http.Request) []string {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	c, _ := t.verify(token)
	return strings.Fields(c.Scope)
}
