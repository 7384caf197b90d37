package auth0

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/auth0/go-auth0/v3/management"
)

// HasIdentity reports whether the user has an account in the connection; see
// session.Provider.
func (s SignIn) HasIdentity(ctx context.Context, userID, connection string) (bool, error) {
	if tellsConnection(userID, connection) {
		return true, nil
	}
	fields := "identities"
	found, err := s.client.users.Get(ctx, userID, &management.GetUserRequestParameters{Fields: &fields})
	switch {
	case hasStatus(err, http.StatusNotFound): // deleted since
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look up where the user signs in: %w", providerProblem(err))
	}
	return slices.ContainsFunc(found.Identities, func(i *management.UserIdentitySchema) bool {
		return i.GetConnection() == connection
	}), nil
}

// ConnectionOf returns the connection of the identity that the user's account was
// made with; see limits.Directory.
func (u Users) ConnectionOf(ctx context.Context, userID string) (string, error) {
	fields := "identities"
	found, err := u.client.users.Get(ctx, userID, &management.GetUserRequestParameters{Fields: &fields})
	if err != nil {
		return "", fmt.Errorf("look up whose user it is: %w", ofOneUser(err))
	}
	if len(found.Identities) == 0 {
		return "", nil
	}
	return found.Identities[0].GetConnection(), nil
}

// several are the kinds of connection of which a tenant may have several beside
// each other, under any names.
var several = []string{
	"ad", "adfs", "auth0", "auth0-adldap", "auth0-oidc", "custom", "google-apps", "ip", "oauth1", "oauth2",
	"office365", "oidc", "okta", "pingfederate", "samlp", "sharepoint", "waad",
}

// tellsConnection reads an id's first part, which is the kind of connection
// that the account is in. A social connection has its kind for a name.
func tellsConnection(userID, connection string) bool {
	kind, _, found := strings.Cut(userID, "|")
	return found && kind == connection && !slices.Contains(several, kind)
}
