package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"usher/internal/problem"
)

// mailPasswordLink has the provider mail a link for setting a password to a user of the connection.
// It also succeeds for an unknown address, because the endpoint does not tell the difference
// (https://auth0.com/docs/api/authentication/database-ad-ldap-active-directory/change-password).
func (c *Client) mailPasswordLink(ctx context.Context, connection, email string) error {
	credentials, err := c.opts.Credentials.Current(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"client_id": credentials.ClientID, "connection": connection, "email": email})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, credentials.BaseURL()+"/dbconnections/change_password", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.plain.Do(r)
	if hasStatus(err, http.StatusBadRequest) && !problem.Is(providerProblem(err), problem.ProviderFailed) {
		refused := problem.Field{Field: "connection", Detail: "has no passwords to set"}
		return problem.InvalidRequest.Wrap(err, "connection: has no passwords to set", refused)
	}
	if err != nil {
		return fmt.Errorf("mail a password link: %w", providerProblem(err))
	}
	return resp.Body.Close()
}
