package auth0

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

// HasIdentity reports whether the user has an account in the connection; see session.Provider.
func (s SignIn) HasIdentity(ctx context.Context, id limits.UserID, connection string) (bool, error) {
	if showsConnection(id.String(), connection) {
		return true, nil
	}
	user, err := s.client.membersOf(ctx, id.String(), "identities")
	switch {
	case problem.Is(err, problem.UserNotFound): // deleted since the sign-in
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look up the user's identities: %w", err)
	case connectionOf(user) == "": // unreadable, so the user belongs to none
		return false, nil
	}
	return slices.ContainsFunc(user.Identities, func(i users.Identity) bool { return i.Connection == connection }), nil
}

// ConnectionOf returns the connection of the identity that the account was created with;
// see limits.Directory.
func (u Users) ConnectionOf(ctx context.Context, userID string) (string, error) {
	user, err := u.client.membersOf(ctx, userID, "identities")
	if err != nil {
		return "", fmt.Errorf("look up the user's connection: %w", err)
	}
	return connectionOf(user), nil
}

// connectionOf returns the connection of the first identity; "" if it is unreadable.
func connectionOf(u users.User) string {
	if len(u.Identities) == 0 {
		return ""
	}
	return u.Identities[0].Connection
}

// passwordIdentity returns the index of a user's first identity with a password; -1 for none.
func passwordIdentity(u users.User) int {
	return slices.IndexFunc(u.Identities, func(i users.Identity) bool { return i.Provider == "auth0" })
}

// multipleKinds lists the kinds of connection of which a tenant can have several, with any names.
var multipleKinds = []string{
	"ad", "adfs", "auth0", "auth0-adldap", "auth0-oidc", "custom", "google-apps", "ip", "oauth1", "oauth2",
	"office365", "oidc", "okta", "pingfederate", "samlp", "sharepoint", "waad",
}

// showsConnection reads the kind of the account's connection from the first part of an ID.
// A social connection has the name of its kind.
func showsConnection(userID, connection string) bool {
	kind, _, found := strings.Cut(userID, "|")
	return found && kind == connection && !slices.Contains(multipleKinds, kind)
}
