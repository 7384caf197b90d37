package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/resourceservers"
)

// Access says who gets tokens for an API, in Auth0's terms: "allow_all", "require_client_grant"
// or "deny_all" (https://auth0.com/docs/get-started/apis/api-access-policies-for-applications).
// "" means that the tenant does not say; then all users get them.
type Access struct {
	Users   string // through an application
	Clients string // for the applications themselves
}

// Access reads who gets tokens for an API (scope read:resource_servers).
func (i *Inspector) Access(ctx context.Context, audience string) (a Access, found bool, err error) {
	r := i.client.reading(ctx)
	api, err := i.read(ctx, r, "identifier", func(ctx context.Context) (any, error) {
		return resourceservers.NewClient(i.client.sdk).Get(ctx, audience, &management.GetResourceServerRequestParameters{})
	})
	switch {
	case hasStatus(err, http.StatusNotFound):
		return Access{}, false, nil
	case err != nil:
		return Access{}, false, fmt.Errorf("read API %q: %w", audience, err)
	}
	policies := api.Get("subject_type_authorization")
	return Access{
		Users:   r.text("api.subject_type_authorization.user.policy", policies.Get("user.policy")),
		Clients: r.text("api.subject_type_authorization.client.policy", policies.Get("client.policy")),
	}, true, nil
}
