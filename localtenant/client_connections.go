package localtenant

import (
	"net/http"
)

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
