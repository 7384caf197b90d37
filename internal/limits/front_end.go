package limits

import (
	"context"
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// FrontEnd is a front-end and what it is limited to. Its zero value has no limits.
// Every error of its methods is a refusal that names the rule, but for those that
// a method names.
type FrontEnd struct {
	name          string
	connections   []string // nil does not limit, as in the next three; an empty list allows none
	redirectURIs  []string
	logoutURIs    []string
	resultURLs    []string
	noAppMetadata bool
	dir           Directory
}

// Directory knows to which connection a user belongs: that of the first identity,
// with which the account was made. It fails with user-not-found, and as a failing
// provider does.
type Directory interface {
	ConnectionOf(ctx context.Context, userID string) (string, error)
}

type (
	frontEndKey struct{}
	goneKey     struct{}
)

// With keeps the front-end that calls.
func With(ctx context.Context, f FrontEnd) context.Context {
	return context.WithValue(ctx, frontEndKey{}, f)
}

// Of returns the front-end that calls, which has no limits where nobody said that
// it had.
func Of(ctx context.Context) FrontEnd {
	f, _ := ctx.Value(frontEndKey{}).(FrontEnd)
	return f
}

// Name is the front-end's in the document; "" for one that is not listed.
func (f FrontEnd) Name() string { return f.name }

func (f FrontEnd) refuse(rule, detail string) error {
	return refusal(f.name+"."+rule, detail)
}

// among refuses a value that stands not among those that a rule allows.
func (f FrontEnd) among(allowed []string, value, rule, detail string) error {
	if allowed == nil || slices.Contains(allowed, value) {
		return nil
	}
	return f.refuse(rule, detail)
}

// Connection refuses a connection that the front-end may not deal with.
func (f FrontEnd) Connection(name string) error {
	return f.among(f.connections, name, "connections", "The front-end is limited to other connections.")
}

// Connections are those that the front-end is limited to; nil for no limit.
func (f FrontEnd) Connections() []string { return f.connections }

// LoginConnection is the connection to sign in to where none was asked for: the
// one that the front-end has, if it has just one, and "" for the user's choice. It
// refuses where there is none.
func (f FrontEnd) LoginConnection() (string, error) {
	switch {
	case f.connections == nil || len(f.connections) > 1:
		return "", nil
	case len(f.connections) == 0:
		return "", f.Connection("")
	}
	return f.connections[0], nil
}

// RedirectURI refuses an address that sign-ins of the front-end may not return to.
func (f FrontEnd) RedirectURI(uri string) error {
	return f.among(f.redirectURIs, uri, "redirect_uris", "The front-end is limited to other redirect URIs.")
}

// RedirectURIs are where sign-ins may return to, of all those that the deployment
// allows. It refuses where there is none.
func (f FrontEnd) RedirectURIs(all []string) ([]string, error) {
	switch {
	case f.redirectURIs == nil:
		return all, nil
	case len(f.redirectURIs) == 0:
		return nil, f.RedirectURI("")
	}
	return f.redirectURIs, nil
}

// LogoutURI is RedirectURI for sign-outs.
func (f FrontEnd) LogoutURI(uri string) error {
	return f.among(f.logoutURIs, uri, "post_logout_redirect_uris", "The front-end is limited to other post-logout redirect URIs.")
}

// LogoutURIs are where sign-outs may return to, of all those that the deployment
// allows. There may be none.
func (f FrontEnd) LogoutURIs(all []string) []string {
	if f.logoutURIs == nil {
		return all
	}
	return f.logoutURIs
}

// ResultURL refuses an address that the pages behind the front-end's links may
// not lead to.
func (f FrontEnd) ResultURL(url string) error {
	return f.among(f.resultURLs, url, "result_urls", "The front-end is limited to other result URLs.")
}

// AppMetadata refuses to let the front-end read or write it.
func (f FrontEnd) AppMetadata() error {
	if f.noAppMetadata {
		return f.refuse("app_metadata", "The front-end may not touch app_metadata.")
	}
	return nil
}

// ofAppMetadata is a route of the permission to see what the company decides of users.
const ofAppMetadata = "GET /app-metadata/{user_id}"

// AppMetadata refuses to let the caller read or write what the company decides of users, wherever it
// stands: for want of the permission, or by the front-end's limits.
func AppMetadata(ctx context.Context) error {
	if err := httpapi.May(ctx, ofAppMetadata); err != nil {
		return err
	}
	return Of(ctx).AppMetadata()
}

// User refuses a user of a connection that the front-end may not deal with. It
// asks the provider, once, where there is such a limit, and fails as Directory
// does.
func (f FrontEnd) User(ctx context.Context, id string) error {
	if f.connections == nil {
		return nil
	}
	connection, err := f.dir.ConnectionOf(ctx, id)
	if err != nil {
		return err
	}
	return f.Connection(connection)
}

// TokensOf is User for what has been had by a user's token or sign-in: of a user
// who is not known, or who is gone, nothing is told.
func (f FrontEnd) TokensOf(ctx context.Context, id string) error {
	if f.connections == nil {
		return nil
	}
	if id == "" {
		return f.refuse("connections", "The front-end is limited to users of some connections, and whose the tokens are cannot be told. Ask for the scope openid.")
	}
	err := f.User(ctx, id)
	if problem.Is(err, problem.UserNotFound) {
		return f.Connection("")
	}
	return err
}

// Gone reports whether the user in the request's path is not at the provider (any
// more), so that nobody can tell whether the front-end might have dealt with them.
func Gone(ctx context.Context) bool {
	gone, _ := ctx.Value(goneKey{}).(bool)
	return gone
}
