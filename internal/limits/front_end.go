package limits

import (
	"context"
	"errors"
	"slices"

	"usher/internal/problem"
)

// FrontEnd is a front-end and its limits. Its zero value refuses everything: a
// front-end comes from a Policy. An error of a check is a refusal that names the
// rule, unless the check says otherwise.
type FrontEnd struct {
	isKnown       bool // it comes from a Policy
	name          string
	connections   []string // nil is no limit, here and in the next three; an empty list allows none
	redirectURIs  []string
	logoutURIs    []string
	resultURLs    []string
	noAppMetadata bool
	dir           Directory
}

// Directory knows the connection to which a user belongs: that of the first
// identity, with which the account was created. It fails with user-not-found, and
// as a failing provider does.
type Directory interface {
	ConnectionOf(ctx context.Context, userID string) (string, error)
}

// errUnknown is a defect of the service: it asks for limits before it has found them.
var errUnknown = errors.New("limits: the front-end is not known, so that everything is refused")

// Name is the front-end's in the document; "" for one that is not listed.
func (f FrontEnd) Name() string { return f.name }

func (f FrontEnd) refuse(rule, detail string) error {
	return refusal(f.name+"."+rule, detail)
}

// among refuses a value that is not one of those that a rule allows.
func (f FrontEnd) among(allowed []string, value, rule, detail string) error {
	switch {
	case !f.isKnown:
		return errUnknown
	case allowed == nil || slices.Contains(allowed, value):
		return nil
	}
	return f.refuse(rule, detail)
}

// CheckConnection refuses a connection that the front-end may not deal with.
func (f FrontEnd) CheckConnection(name string) error {
	return f.among(f.connections, name, "connections", "The front-end is limited to other connections.")
}

// Connections are those that the front-end is limited to; nil for no limit.
func (f FrontEnd) Connections() []string {
	if !f.isKnown {
		return []string{}
	}
	return f.connections
}

// LoginConnection is the connection to sign in to where the request names none:
// the only one that the front-end has, or "" for the user's choice. It refuses
// where there is none.
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

// CheckRedirectURI refuses an address that sign-ins of the front-end may not return to.
func (f FrontEnd) CheckRedirectURI(uri string) error {
	return f.among(f.redirectURIs, uri, "redirect_uris", "The front-end is limited to other redirect URIs.")
}

// RedirectURIs are where sign-ins may return to, of all those that the deployment
// allows. It refuses where there is none.
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

// LogoutURIs are where sign-outs may return to, of all those that the deployment
// allows. There may be none.
func (f FrontEnd) LogoutURIs(all []string) []string {
	switch {
	case !f.isKnown:
		return nil
	case f.logoutURIs == nil:
		return all
	}
	return f.logoutURIs
}

// CheckResultURL refuses an address to which the pages behind the front-end's links
// may not lead.
func (f FrontEnd) CheckResultURL(url string) error {
	return f.among(f.resultURLs, url, "result_urls", "The front-end is limited to other result URLs.")
}

// CheckAppMetadata refuses to let the front-end read or write app_metadata.
func (f FrontEnd) CheckAppMetadata() error {
	switch {
	case !f.isKnown:
		return errUnknown
	case f.noAppMetadata:
		return f.refuse("app_metadata", "The front-end may not touch app_metadata.")
	}
	return nil
}

// CheckUser refuses a user of a connection that the front-end may not deal with. It
// asks the provider, once, where there is such a limit, and fails as Directory
// does.
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

// CheckUserOrGone is CheckUser for operations that serve users who do not exist. A
// user who is gone belongs to no connection: the caller must not answer with
// anything that is known of them.
func (f FrontEnd) CheckUserOrGone(ctx context.Context, id string) (user UserID, gone bool, err error) {
	user, err = f.CheckUser(ctx, id)
	if problem.Is(err, problem.UserNotFound) {
		return UserID{id}, true, nil
	}
	return user, false, err
}

// CheckFoundUser is CheckUser for a user who was read from the provider, with the
// connection of the first identity.
func (f FrontEnd) CheckFoundUser(id, connection string) (UserID, error) {
	if err := f.CheckConnection(connection); err != nil {
		return UserID{}, err
	}
	return UserID{id}, nil
}

// CheckTokensOf is CheckUser for the subject of a token. It refuses a subject who
// is unknown or gone.
func (f FrontEnd) CheckTokensOf(ctx context.Context, subject string) (UserID, error) {
	if f.isKnown && f.connections == nil {
		return UserID{subject}, nil
	}
	if f.isKnown && subject == "" {
		return UserID{}, f.refuse("connections", "The front-end is limited to users of some connections, and the tokens do not say who their user is. Ask for the scope openid.")
	}
	user, err := f.CheckUser(ctx, subject)
	if problem.Is(err, problem.UserNotFound) {
		return f.CheckFoundUser(subject, "")
	}
	return user, err
}
