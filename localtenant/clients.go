package localtenant

import (
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// client is an application that is registered with the tenant.
type client struct {
	Application
	ID       string
	Secrets  []string            // any of them is right
	granted  map[string][]string // scopes by audience, of APIs beside the Management API
	rotation *rotation
}

// allScopes are all scopes in the description, and those of routes that it lacks.
func (t *Tenant) allScopes() []string {
	out := slices.Clone(clientReaders)
	for _, r := range t.Routes() {
		out = append(out, r.Scopes...)
	}
	for _, methods := range t.api.Paths {
		for _, op := range methods {
			out = append(out, op.Scopes()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AddApplication registers another application, or replaces one.
func (t *Tenant) AddApplication(id, secret string, a Application) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clients[id] = &client{ID: id, Secrets: []string{secret}, Application: Settings{Application: a}.clone().Application}
}

// AddMachine registers a machine client of an API, with these
// scopes, in place of one that has its id.
func (t *Tenant) AddMachine(id, secret, audience string, scopes ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.clients, id)
	_ = t.register(Machine{ID: id, Secret: secret, Audience: audience, Scopes: scopes}) // nothing has its id
}

// SetClientSecret changes the application's secret at once: the old one is refused.
func (t *Tenant) SetClientSecret(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.clients[ClientID]
	c.Secrets, c.rotation = []string{secret}, nil
}

// RemoveScope takes a Management API scope from the application. Tokens that it
// has keep theirs, as on a real tenant.
func (t *Tenant) RemoveScope(scope string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.clients[ClientID]
	c.Scopes = slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == scope })
}

// SetScopes grants the application exactly these Management API scopes.
func (t *Tenant) SetScopes(scopes ...string) {
	t.locked(func() { t.clients[ClientID].Scopes = slices.Clone(scopes) })
}

// form reads the parameters of an OAuth request, sent as a form or as JSON.
func form(r *http.Request) (url.Values, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/json" {
		if err := r.ParseForm(); err != nil {
			return nil, invalidRequest("Invalid request body")
		}
		return r.PostForm, nil
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, invalidRequest("Invalid JSON in the request body")
	}
	values := url.Values{}
	for k, v := range body {
		if text, ok := v.(string); ok {
			values.Set(k, text)
		}
	}
	return values, nil
}

// authenticate finds the application that sends a request and checks its secret,
// which comes in the body or by Basic.
func (t *Tenant) authenticate(r *http.Request, in url.Values) (*client, error) {
	id, secret := in.Get("client_id"), in.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		// RFC 6749, section 2.3.1: both are form-encoded first.
		id, secret = unescape(user), unescape(pass)
	}
	if id == "" {
		return nil, invalidRequest("Missing required parameter: client_id")
	}
	c, ok := t.clients[id]
	if !ok || !slices.ContainsFunc(c.secretsFor(r, t.settings.SecretNodes, t.now()), func(s string) bool {
		return subtle.ConstantTimeCompare([]byte(s), []byte(secret)) == 1
	}) {
		return nil, newOAuthError(http.StatusUnauthorized, "access_denied", "Unauthorized")
	}
	return c, nil
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}
