package localtenant

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
)

// connection is a source of users.
type connection struct {
	ID       string
	Name     string
	Strategy string
	Options  map[string]any
	policy   PasswordPolicy // of a database connection

	label    string // its display name
	button   *bool  // nil is not set
	noSignIn bool   // for connected accounts only
	disabled bool   // not for the application
}

func (c *connection) database() bool { return c.Strategy == "auth0" }

// social reports whether users sign in at another provider.
func (c *connection) social() bool {
	return !slices.Contains([]string{"auth0", "email", "sms"}, c.Strategy)
}

// isOf reports whether the strategy is one of a list. An empty list has all.
func (c *connection) isOf(strategies []string) bool {
	return len(strategies) == 0 || slices.Contains(strategies, c.Strategy)
}

// defaultConnections are a database, the two passwordless ones and four social
// providers. Their ids are fixed, so that examples can name them.
func defaultConnections() []*connection {
	return []*connection{
		{ID: "con_Local0000000001x", Name: Connection, Strategy: "auth0", policy: defaultPolicy()},
		{ID: "con_Local0000000002x", Name: "google-oauth2", Strategy: "google-oauth2"},
		{ID: "con_Local0000000003x", Name: "github", Strategy: "github"},
		{ID: "con_Local0000000004x", Name: "windowslive", Strategy: "windowslive"},
		{ID: "con_Local0000000005x", Name: "apple", Strategy: "apple"},
		{ID: "con_Local0000000006x", Name: "email", Strategy: "email"},
		{ID: "con_Local0000000007x", Name: "sms", Strategy: "sms"},
	}
}

func (t *Tenant) connectionNamed(name string) (*connection, bool) {
	return t.connectionThat(func(c *connection) bool { return c.Name == name })
}

func (t *Tenant) connectionWithID(id string) (*connection, bool) {
	return t.connectionThat(func(c *connection) bool { return c.ID == id })
}

func (t *Tenant) connectionThat(fits func(*connection) bool) (*connection, bool) {
	i := slices.IndexFunc(t.conns, fits)
	if i < 0 {
		return nil, false
	}
	return t.conns[i], true
}

func (c *connection) document() map[string]any {
	options := map[string]any{}
	if c.database() {
		options = c.databaseOptions()
	}
	maps.Copy(options, c.Options)
	doc := map[string]any{
		"id": c.ID, "name": c.Name, "strategy": c.Strategy, "options": options,
		"is_domain_connection": false,
		"realms":               []string{c.Name},
	}
	addTexts(doc, map[string]string{"display_name": c.label})
	if c.button != nil {
		doc["show_as_button"] = *c.button
	}
	if c.noSignIn {
		doc["authentication"] = map[string]any{"active": false}
	}
	return doc
}

func (c *connection) databaseOptions() map[string]any {
	tooLong := cmp.Or(c.policy.TooLong, TooLongTruncate)
	return map[string]any{
		"mfa":                          map[string]any{"active": true, "return_enroll_settings": true},
		"import_mode":                  false,
		"configuration":                map[string]any{},
		"customScripts":                map[string]any{},
		"passwordPolicy":               c.policy.Level,
		"password_complexity_options":  map[string]any{"min_length": c.policy.MinLength},
		"password_options":             map[string]any{"complexity": map[string]any{"max_length_exceeded": tooLong}},
		"password_history":             map[string]any{"enable": c.policy.History > 0, "size": max(c.policy.History, 5)},
		"password_dictionary":          map[string]any{"enable": c.policy.Dictionary, "dictionary": []string{}},
		"password_no_personal_info":    map[string]any{"enable": c.policy.NoUserInfo},
		"strategy_version":             2,
		"requires_username":            false,
		"disable_signup":               false,
		"brute_force_protection":       true,
		"enabledDatabaseCustomization": false,
	}
}

// listConnections serves GET /api/v2/connections.
func (t *Tenant) listConnections(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	items := pickAll(documents(t.conns, func(c *connection) bool {
		return (q.Get("name") == "" || q.Get("name") == c.Name) && c.isOf(q["strategy"])
	}), r)
	if byCheckpoint(r) {
		return writeJSON(w, http.StatusOK, checkpoint(r, "connections", "id", items))
	}
	return writePage(w, r, "connections", items)
}

func (t *Tenant) connection(r *http.Request) (*connection, error) {
	if c, ok := t.connectionWithID(r.PathValue("id")); ok {
		return c, nil
	}
	return nil, newAPIError(http.StatusNotFound, "inexistent_connection", "The connection does not exist")
}

// getConnection serves GET /api/v2/connections/{id}.
func (t *Tenant) getConnection(w http.ResponseWriter, r *http.Request, c *connection) error {
	return writeJSON(w, http.StatusOK, pick(c.document(), r))
}

// NewConnection is a connection to add.
type NewConnection struct {
	Name        string
	Strategy    string
	DisplayName string
	Button      *bool          // whether the login page shows it; nil is not said
	NoSignIn    bool           // for connected accounts only
	Disabled    bool           // not for the application
	Options     map[string]any // may hold secrets, as those of a real tenant do
}

// AddConnection adds a connection, as an administrator does.
func (t *Tenant) AddConnection(in NewConnection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns = append(t.conns, &connection{
		ID: "con_" + randomID(16), Name: in.Name, Strategy: in.Strategy, Options: in.Options,
		label: in.DisplayName, button: in.Button, noSignIn: in.NoSignIn, disabled: in.Disabled,
	})
}

// clientReaders are the scopes of which listClientConnections wants one, beside
// the one in the table.
var clientReaders = []string{"read:clients", "read:client_summary"}

// listClientConnections serves GET /api/v2/clients/{id}/connections: those that
// are enabled for the application, by checkpoints alone. It takes two scopes.
func (t *Tenant) listClientConnections(w http.ResponseWriter, r *http.Request) error {
	if err := t.authorized(r, clientReaders); err != nil {
		return err
	}
	if _, err := t.client(r); err != nil {
		return err
	}
	enabled := documents(t.conns, func(c *connection) bool { return !c.disabled && c.isOf(r.URL.Query()["strategy"]) })
	page := checkpoint(r, "connections", "id", enabled)
	page["connections"] = pickAll(page["connections"].([]map[string]any), r)
	return writeJSON(w, http.StatusOK, page)
}
