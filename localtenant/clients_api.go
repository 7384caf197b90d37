package localtenant

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (t *Tenant) client(r *http.Request) (*client, error) {
	if c, ok := t.clients[r.PathValue("id")]; ok {
		return c, nil
	}
	return nil, newAPIError(http.StatusNotFound, "inexistent_client", "The client does not exist")
}

// getClient serves GET /api/v2/clients/{id}. What it shows depends on the scopes
// (https://auth0.com/docs/api/management/v2/clients/get-clients-by-id).
func (t *Tenant) getClient(w http.ResponseWriter, r *http.Request, c *client) error {
	held := t.scopesOf(r)
	holdsAny := func(scopes ...string) bool {
		return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(held, s) })
	}
	doc := map[string]any{"client_id": c.ID, "name": c.ID, "app_type": cmp.Or(c.Type, "regular_web")}
	if holdsAny("read:clients", "read:client_keys") {
		maps.Copy(doc, c.registration())
	}
	if holdsAny("read:client_keys", "read:client_credentials") {
		doc["client_secret"] = c.Secrets[len(c.Secrets)-1]
	}
	return writeJSON(w, http.StatusOK, pick(doc, r))
}

// registration is what is neither open to all readers nor secret.
func (c *client) registration() map[string]any {
	rotation, expiration := "non-rotating", "non-expiring"
	if c.RotateRefreshTokens {
		rotation, expiration = "rotating", "expiring"
	}
	return map[string]any{
		"callbacks":                  append([]string{}, c.Callbacks...),
		"allowed_logout_urls":        append([]string{}, c.LogoutURLs...),
		"grant_types":                append([]string{}, c.Grants...),
		"token_endpoint_auth_method": cmp.Or(c.AuthMethod, "client_secret_post"),
		"is_first_party":             true,
		"oidc_conformant":            true,
		"refresh_token": map[string]any{
			"rotation_type": rotation, "expiration_type": expiration, "leeway": 0,
			"token_lifetime": c.RefreshTokenLifetime.seconds(),
		},
	}
}

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
