package identities

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// Kind is what a person does to sign in through a connection.
type Kind string

// The kinds of connections.
const (
	Database     Kind = "database"     // types a password
	Social       Kind = "social"       // is known to somebody else, such as GitHub
	Enterprise   Kind = "enterprise"   // is known to their company
	Passwordless Kind = "passwordless" // gets a code by mail or text message
)

// Connection is a way to sign in, on the wire.
type Connection struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"` // for people
	Strategy    string `json:"strategy"`     // the protocol, or whose login page it is
	Kind        Kind   `json:"kind"`
}

// Offerer knows the connections that a login page would show: those that are
// enabled for the application that users sign in to, and not hidden.
type Offerer interface {
	Connections(ctx context.Context) ([]Connection, error)
}

// ListConnections serves GET /connections.
func ListConnections(dir Offerer) api.Operation {
	return api.Operation{
		Name:        "listconnections",
		Routes:      []string{"GET /connections"},
		Permissions: []permission.Name{permission.SignIn},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			found, err := dir.Connections(r.Context())
			if err != nil {
				return err
			}
			sorted := slices.DeleteFunc(append([]Connection{}, found...), func(found Connection) bool { return c.FrontEnd.CheckConnection(found.Name) != nil })
			slices.SortFunc(sorted, func(a, b Connection) int { return cmp.Compare(a.Name, b.Name) })
			return httpapi.JSON(w, http.StatusOK, struct {
				Connections []Connection `json:"connections"`
			}{sorted})
		},
	}
}
