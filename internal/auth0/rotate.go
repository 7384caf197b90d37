package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	clientsclient "github.com/auth0/go-auth0/v3/management/clients/client"

	"usher/internal/secrets"
	"usher/internal/session"
)

// Applications are the tenant's registered applications, as a rotation of their
// secrets needs them.
type Applications struct{ client *Client }

// Applications returns the tenant's registered applications.
func (c *Client) Applications() Applications { return Applications{client: c} }

// SetSecret gives an application a secret of our own choice. The management
// application needs the scope update:client_keys for it. For up to 30 seconds the
// provider may then take either secret, or each on some of its nodes
// (https://auth0.com/docs/get-started/applications/rotate-client-secret).
func (a Applications) SetSecret(ctx context.Context, clientID, secret string) error {
	ctx = repeatable(ctx) // to set it twice is to set it once
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return clientsclient.NewClient(a.client.sdk).Update(ctx, clientID, &management.UpdateClientRequestContent{ClientSecret: &secret})
	})
	shown := secrets.ShownID(clientID)
	switch {
	case hasStatus(err, http.StatusNotFound):
		return misconfigured(fmt.Errorf("the provider knows no application %q: %w", shown, err))
	case err != nil:
		return fmt.Errorf("set the secret of application %q: %w", shown, providerProblem(err))
	}
	return nil
}

// noCode is an authorization code that nobody was given.
const noCode = "usher-looks-whether-its-secret-is-right"

// Accepts returns nil where the provider takes the credentials of both
// applications just now. The management application proves it by a token. The
// sign-in application, if it is another one, may have no right to such a token:
// it presents a code that is none, which the provider refuses only after it has
// taken the secret.
func (a Applications) Accepts(ctx context.Context, c secrets.Credentials) error {
	if _, err := a.client.tokens.request(ctx, c); err != nil {
		return tokenProblem(err, c)
	}
	if c.ClientID == c.ManagementClientID {
		return nil
	}
	_, err := a.client.SignIn().exchange(ctx, c, session.Redemption{Code: noCode, Verifier: noCode})
	var e *Error
	if errors.As(err, &e) && e.Code == "invalid_grant" {
		return nil
	}
	return exchangeProblem(err, c)
}
