package auth0

import (
	"strings"
	"testing"

	"usher/internal/secrets"
	"usher/internal/session"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// If the ID and the secret are swapped in the stored credentials, no error and no log contains the secret.
func TestASecretInTheIDsPlaceIsNotLogged(t *testing.T) {
	secret := "s3cr3t-" + strings.Repeat("x", 57)
	s := tenanttest.Start(t)
	swapped := credentialsAt(s.URL, localtenant.ClientSecret)
	swapped.ClientID, swapped.ClientSecret = secret, swapped.ClientID
	both := swapped
	both.ManagementClientID, both.ManagementClientSecret = secret, localtenant.ClientID
	for name, call := range map[string]func(*Client) error{
		"a code": func(c *Client) error {
			_, err := c.SignIn().Redeem(t.Context(), session.Redemption{Code: "x", Verifier: "y"})
			return err
		},
		"a refresh token": func(c *Client) error { _, err := c.Tokens().Refresh(t.Context(), "x", ""); return err },
		"connections":     func(c *Client) error { _, err := c.Identities().Connections(t.Context()); return err },
		"a rotation":      func(c *Client) error { return c.Applications().SetSecret(t.Context(), secret, "new") },
		"a test":          func(c *Client) error { return c.Applications().Accepts(t.Context(), swapped) },
	} {
		for _, credentials := range []secrets.Credentials{swapped, both} {
			c, log := newClient(holding(credentials), newClock())
			err := call(c)
			if err == nil || strings.Contains(err.Error()+log.String(), secret) {
				t.Errorf("%s: %v, %s", name, err, log)
			}
		}
	}
}
