package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	clientsclient "github.com/auth0/go-auth0/v3/management/clients/client"

	"usher/internal/secrets"
	"usher/internal/session"
)

// Applications gives access to the tenant's registered applications, for a rotation of their secrets.
type Applications struct{ client *Client }

// Applications returns the access to the tenant's registered applications.
func (c *Client) Applications() Applications { return Applications{client: c} }

// SetSecret sets an application's secret. The management application needs the scope
// update:client_keys. For up to 30 seconds the provider may accept both secrets, or one of
// them on each node (https://auth0.com/docs/get-started/applications/rotate-client-secret).
func (a Applications) SetSecret(ctx context.Context, clientID, secret string) error {
	ctx = repeatable(ctx) // idempotent
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

// noCode is a nonexistent authorization code.
const noCode = "usher-looks-whether-its-secret-is-right"

// Accepts returns nil if the provider accepts the credentials of both applications. The management
// application requests a token. A separate sign-in application may not be allowed to, so it
// presents a nonexistent code: the provider refuses the code only after it has accepted the secret.
func (a Applications) Accepts(ctx context.Context, c secrets.Credentials) error {
	if _, err := a.client.tokens.request(ctx, c); err != nil {
		return tokenProblem(err, c)
	}
	if c.ClientID == c.ManagementClientID {
		return nil
	}
	_, err := a.client.SignIn().exchange(ctx, c, session.Redemption{Code: noCode, Verifier: noCode})
	if failureIn(err).Code == "invalid_grant" {
		return nil
	}
	return exchangeProblem(err, c)
}
