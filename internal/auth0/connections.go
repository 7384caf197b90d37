package auth0

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/auth0/go-auth0/v3/management"
	clientconnections "github.com/auth0/go-auth0/v3/management/clients/connections"

	"usher/internal/identities"
	"usher/internal/secrets"
)

const (
	maxConnectionPages = 10
	// ofConnection leaves the options out: they hold the secrets by which the
	// tenant is known to others.
	ofConnection = "name,display_name,strategy,show_as_button,authentication"
)

// Connections returns what is enabled for the application that users sign in
// to, and shown to them; see identities.Offerer.
func (i Identities) Connections(ctx context.Context) ([]identities.Connection, error) {
	credentials, err := i.client.opts.Credentials.Current(ctx)
	if err != nil {
		return nil, err
	}
	enabled, err := i.client.enabledConnections(ctx, credentials.ClientID, ofConnection)
	switch {
	case hasStatus(err, http.StatusNotFound):
		return nil, misconfigured(fmt.Errorf("the provider does not know the sign-in application %q: %w", secrets.ShownID(credentials.ClientID), err))
	case err != nil:
		return nil, fmt.Errorf("list the application's connections: %w", providerProblem(err))
	}
	var all []identities.Connection
	for _, c := range enabled {
		if isOffered(c) {
			all = append(all, connectionFrom(c))
		}
	}
	return all, nil
}

// enabledConnections are those of an application, with some of their fields.
func (c *Client) enabledConnections(ctx context.Context, clientID, fields string) ([]*management.ConnectionForList, error) {
	take := pageSize
	request := &management.ConnectionsGetRequest{Fields: &fields, Take: &take}
	var all []*management.ConnectionForList
	for range maxConnectionPages {
		page, err := clientconnections.NewClient(c.sdk).Get(ctx, clientID, request)
		if err != nil {
			return nil, err
		}
		if page.Response.Connections == nil { // none would be an empty list
			return nil, errIncomplete
		}
		all = append(all, page.Response.Connections...)
		if request.From = page.Response.Next; request.From == nil {
			break
		}
	}
	return all, nil
}

// isOffered leaves out what no login page shows: connections that nobody signs
// in through, and companies' ones without a button, which are found by the
// domain of an address. To other kinds the button means nothing.
func isOffered(c *management.ConnectionForList) bool {
	if !signsIn(c) {
		return false
	}
	return kindOf(c.GetStrategy()) != identities.Enterprise || c.GetShowAsButton()
}

// signsIn reports whether a connection is for more than accounts to be linked.
func signsIn(c *management.ConnectionForList) bool {
	return c.Authentication == nil || c.Authentication.Active
}

func connectionFrom(c *management.ConnectionForList) identities.Connection {
	return identities.Connection{
		Name:        c.GetName(),
		DisplayName: firstOf(c.GetDisplayName(), properNames[c.GetName()], c.GetName()),
		Strategy:    strategyOf(c.GetStrategy()),
		Kind:        kindOf(c.GetStrategy()),
	}
}

// properNames are those of connections that have the provider's own names and
// no other.
var properNames = map[string]string{
	"apple":         "Apple",
	"email":         "Email",
	"facebook":      "Facebook",
	"github":        "GitHub",
	"google-oauth2": "Google",
	"linkedin":      "LinkedIn",
	"sms":           "SMS",
	"windowslive":   "Microsoft",
}

// strategyOf keeps the provider's own name out of the names of strategies.
func strategyOf(strategy string) string {
	if strategy == "auth0" {
		return "database"
	}
	return strings.TrimPrefix(strategy, "auth0-")
}

func kindOf(strategy string) identities.Kind {
	switch strategy {
	case "auth0":
		return identities.Database
	case "email", "sms":
		return identities.Passwordless
	case "ad", "adfs", "auth0-adldap", "auth0-oidc", "custom", "google-apps", "ip", "office365", "oidc", "okta", "pingfederate", "samlp", "sharepoint", "waad":
		return identities.Enterprise
	}
	return identities.Social
}
