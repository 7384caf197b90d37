package limits

import (
	"context"
	"errors"
	"slices"

	"usher/internal/problem"
)

// FrontEnd is a front-end and its limits. It comes from a Policy; its zero value refuses
// everything. The checks return a problem that names the rule, unless their comments say otherwise.
type FrontEnd struct {
	isKnown       bool // set by Policy.FrontEnd
	name          string
	connections   []string // here and in the next three: nil for no limit, an empty list allows none
	redirectURIs  []string
	logoutURIs    []string
	resultURLs    []string
	noAppMetadata bool
	dir           Directory
}

// Directory returns the connection of a user: that of the first identity, which the account
// was created with. It fails with user-not-found, or with a problem of the provider.
type Directory interface {
	ConnectionOf(ctx context.Context, userID string) (string, error)
}

// errUnknown reports a defect of the service: a check of limits before they are known.
var errUnknown = errors.New("limits: the front-end is unknown, so everything is refused")

// Name returns the front-end's name in the document; "" for an unlisted one.
func (f FrontEnd) Name() string { return f.name }

func (f FrontEnd) refuse(rule, detail string) error {
	return refusal(f.name+"."+rule, detail)
}

// among refuses a value that a rule does not allow.
func (f FrontEnd) among(allowed []string, value, rule, detail string) error {
	switch {
	case !f.isKnown:
		return errUnknown
	case allowed == nil || slices.Contains(allowed, value):
		return nil
	}
	return f.refuse(rule, detail)
}

// CheckConnection refuses a connection outside the front-end's limits.
func (f FrontEnd) CheckConnection(name string) error {
	return f.among(f.connections, name, "connections", "The front-end is limited to other connections.")
}

// Connections returns the connections that the front-end is limited to; nil for no limit.
func (f FrontEnd) Connections() []string {
	if !f.isKnown {
		return []string{}
	}
	return f.connections
}

// LoginConnection returns the connection for a sign-in whose request names none: the front-end's
// only connection, or "" to let the user choose. It refuses a front-end without a connection.
func (f FrontEnd) LoginConnection() (string, error) {
	switch own := f.Connections(); {
	case own == nil || len(own) > 1:
		return "", nil
	case len(own) == 0:
		return "", f.CheckConnection("")
	default:
		return own[0], nil
	}
}

// CheckRedirectURI refuses a redirect URI outside the front-end's limits.
func (f FrontEnd) CheckRedirectURI(uri string) error {
	return f.among(f.redirectURIs, uri, "redirect_uris", "The front-end is limited to other redirect URIs.")
}

// RedirectURIs returns the URIs in all that the front-end may redirect to after a sign-in.
// It refuses a front-end without one.
func (f FrontEnd) RedirectURIs(all []string) ([]string, error) {
	switch {
	case !f.isKnown || f.redirectURIs != nil && len(f.redirectURIs) == 0:
		return nil, f.CheckRedirectURI("")
	case f.redirectURIs == nil:
		return all, nil
	}
	return f.redirectURIs, nil
}

// CheckLogoutURI is CheckRedirectURI for sign-outs.
func (f FrontEnd) CheckLogoutURI(uri string) error {
	return f.among(f.logoutURIs, uri, "post_logout_redirect_uris", "The front-end is limited to other post-logout redirect URIs.")
}

// LogoutURIs returns the URIs in all that the front-end may redirect to after a sign-out, possibly none.
func (f FrontEnd) LogoutURIs(all []string) []string {
	switch {
	case !f.isKnown:
		return nil
	case f.logoutURIs == nil:
		return all
	}
	return f.logoutURIs
}

// CheckResultURL refuses a result URL outside the front-end's limits.
func (f FrontEnd) CheckResultURL(url string) error {
	return f.among(f.resultURLs, url, "result_urls", "The front-end is limited to other result URLs.")
}

// CheckAppMetadata refuses a front-end that may not read or write app_metadata.
func (f FrontEnd) CheckAppMetadata() error {
	switch {
	case !f.isKnown:
		return errUnknown
	case f.noAppMetadata:
		return f.refuse("app_metadata", "The front-end has no access to app_metadata.")
	}
	return nil
}

// CheckUser refuses a user of a connection outside the front-end's limits. If there is such
// a limit, it makes one call to the provider, and also fails as Directory does.
func (f FrontEnd) CheckUser(ctx context.Context, id string) (UserID, error) {
	if f.isKnown && f.connections == nil {
		return UserID{id}, nil
	}
	if !f.isKnown {
		return UserID{}, errUnknown
	}
	connection, err := f.dir.ConnectionOf(ctx, id)
	if err != nil {
		return UserID{}, err
	}
	return f.CheckFoundUser(id, connection)
}

// CheckUserOrGone is CheckUser for operations that also serve deleted and unknown users. Such
// a user belongs to no connection, so the response must not reveal anything about the user.
func (f FrontEnd) CheckUserOrGone(ctx context.Context, id string) (user UserID, gone bool, err error) {
	user, err = f.CheckUser(ctx, id)
	if problem.Is(err, problem.UserNotFound) {
		return UserID{id}, true, nil
	}
	return user, false, err
}

// CheckFoundUser is CheckUser for a user already read from the provider, with the
// connection of the first identity.
func (f FrontEnd) CheckFoundUser(id, connection string) (UserID, error) {
	if err := f.CheckConnection(connection); err != nil {
		return UserID{}, err
	}
	return UserID{id}, nil
}

// CheckTokensOf is CheckUser for the subject of a token. If the front-end is limited to
// connections, it refuses an empty subject and a deleted user.
func (f FrontEnd) CheckTokensOf(ctx context.Context, subject string) (UserID, error) {
	if f.isKnown && f.connections == nil {
		return UserID{subject}, nil
	}
	if f.isKnown && subject == "" {
		return UserID{}, f.refuse("connections", "The limits of the front-end require tokens that name their user. "+
			"Request the scope openid.")
	}
	user, err := f.CheckUser(ctx, subject)
	if problem.Is(err, problem.UserNotFound) {
		return f.CheckFoundUser(subject, "")
	}
	return user, err
}
