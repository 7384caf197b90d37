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

// Kind is the kind of a connection.
type Kind string

// The kinds of connections.
const (
	Database     Kind = "database"     // password
	Social       Kind = "social"       // account at a social provider, such as GitHub
	Enterprise   Kind = "enterprise"   // account at the user's company
	Passwordless Kind = "passwordless" // code by email or SMS
)

// Connection is the JSON form of a connection.
type Connection struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"` // for people
	Strategy    string `json:"strategy"`     // the protocol or the social provider
	Kind        Kind   `json:"kind"`
}

// ConnectionLister lists the connections that a login page shows: those that are enabled
// for the sign-in application and not hidden.
type ConnectionLister interface {
	Connections(ctx context.Context) ([]Connection, error)
}

// ListConnections serves GET /connections.
func ListConnections(dir ConnectionLister) api.Operation {
	return api.Operation{
		Name:        "listconnections",
		Routes:      []string{"GET /connections"},
		Permissions: []permission.Name{permission.SignIn},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			found, err := dir.Connections(r.Context())
			if err != nil {
				return err
			}
			isExcluded := func(found Connection) bool { return c.FrontEnd.CheckConnection(found.Name) != nil }
			sorted := slices.DeleteFunc(append([]Connection{}, found...), isExcluded)
			slices.SortFunc(sorted, func(a, b Connection) int { return cmp.Compare(a.Name, b.Name) })
			return httpapi.JSON(w, http.StatusOK, struct {
				Connections []Connection `json:"connections"`
			}{sorted})
		},
	}
}
