package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/resourceservers"
)

// Access is who gets tokens for an API, in Auth0's words: "allow_all", "require_client_grant" or
// "deny_all" (https://auth0.com/docs/get-started/apis/api-access-policies-for-applications).
// "" is a tenant that does not say, and lets all users have them.
type Access struct {
	Users   string // through an application
	Clients string // for themselves
}

// Access reads who gets tokens for an API (read:resource_servers).
func (i *Inspector) Access(ctx context.Context, audience string) (a Access, found bool, err error) {
	api, err := resourceservers.NewClient(i.client.sdk).Get(ctx, audience, &management.GetResourceServerRequestParameters{})
	switch {
	case hasStatus(err, http.StatusNotFound):
		return Access{}, false, nil
	case err == nil && api.Identifier == nil:
		err = errIncomplete
	}
	if err != nil {
		return Access{}, false, fmt.Errorf("read API %q: %w", audience, err)
	}
	said := api.GetSubjectTypeAuthorization()
	users, clients := said.GetUser(), said.GetClient()
	return Access{Users: string(users.GetPolicy()), Clients: string(clients.GetPolicy())}, true, nil
}
