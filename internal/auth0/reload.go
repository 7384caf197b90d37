package auth0

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"usher/internal/secrets"
)

// withReload asks for a token, and where the client is refused, once more with
// the credentials that the secret holds now, if they are others: it may have
// been rotated. It returns those that were used last.
func withReload(ctx context.Context, source Credentials, c secrets.Credentials, ask func(secrets.Credentials) (*oauth2.Token, error)) (*oauth2.Token, secrets.Credentials, error) {
	token, err := ask(c)
	if !refusesClient(err) {
		return token, c, err
	}
	fresh, reloadErr := source.Reload(ctx, c)
	if reloadErr != nil || fresh == c {
		return token, c, err
	}
	token, err = ask(fresh)
	return token, fresh, err
}

// refusesClient tells a refused client from a refused code: the provider may
// answer 403 to either.
func refusesClient(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.Code != "invalid_grant"
}
