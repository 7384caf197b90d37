package auth0

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/auth0/go-auth0/v3/management"
	clientconnections "github.com/auth0/go-auth0/v3/management/clients/connections"
	"github.com/tidwall/gjson"

	"usher/internal/identities"
	"usher/internal/secrets"
)

const (
	maxConnectionPages = 10
	// connectionFields omits the options, which contain secrets of the tenant at other providers.
	connectionFields = "name,display_name,strategy,show_as_button,authentication"
)

// Connections returns the connections of the sign-in application that its login page shows, at most a
// minute old; see identities.ConnectionLister.
func (i Identities) Connections(ctx context.Context) ([]identities.Connection, error) {
	c := i.client
	credentials, err := c.opts.Credentials.Current(ctx)
	if err != nil {
		return nil, err
	}
	if known, ok := c.shownConnections.get(credentials.ClientID, c.opts.Now()); ok {
		return known, nil
	}
	begun := c.opts.Now()
	enabled, err := c.enabledConnections(ctx, credentials.ClientID, connectionFields)
	if hasStatus(err, http.StatusNotFound) {
		// The secret may have changed to another tenant during the call.
		if now, readErr := c.opts.Credentials.Current(ctx); readErr == nil && now.ClientID != credentials.ClientID {
			credentials = now
			enabled, err = c.enabledConnections(ctx, credentials.ClientID, connectionFields)
		}
	}
	switch {
	case hasStatus(err, http.StatusNotFound):
		id := secrets.ShownID(credentials.ClientID)
		return nil, misconfigured(fmt.Errorf("the provider does not know the sign-in application %q: %w", id, err))
	case err != nil:
		return nil, fmt.Errorf("list the application's connections: %w", providerProblem(err))
	}
	var all []identities.Connection
	for _, c := range enabled {
		if c.isOffered() {
			all = append(all, c.shown())
		}
	}
	c.shownConnections.put(credentials.ClientID, begun, all)
	return all, nil
}

// connection holds the members that are read of a connection. Its options are not read: they contain secrets.
type connection struct {
	name, displayName, strategy string
	showAsButton                bool
	signsIn                     bool // it is not only for linked accounts
}

// enabledConnections returns the connections of an application, with these fields.
func (c *Client) enabledConnections(ctx context.Context, clientID, fields string) ([]connection, error) {
	take := pageSize
	request := &management.ConnectionsGetRequest{Fields: &fields, Take: &take}
	r := c.reading(ctx)
	var all []connection
	for range maxConnectionPages {
		body, err := call(ctx, func(ctx context.Context) (any, error) {
			return clientconnections.NewClient(c.sdk).Get(ctx, clientID, request)
		})
		if err != nil {
			return nil, err
		}
		root, items, err := r.list(body, "connections")
		if err != nil {
			return nil, err
		}
		page, err := each(items, r.connection)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		next := r.text("connections.next", root.Get("next"))
		if next == "" {
			break
		}
		request.From = &next
	}
	return all, nil
}

func (r *reading) connection(v gjson.Result) (connection, error) {
	c := connection{
		name:         r.text("connection.name", v.Get("name")),
		displayName:  r.text("connection.display_name", v.Get("display_name")),
		strategy:     r.text("connection.strategy", v.Get("strategy")),
		showAsButton: r.isTrue("connection.show_as_button", v.Get("show_as_button"), false),
		signsIn:      true,
	}
	if authentication := v.Get("authentication"); authentication.IsObject() {
		c.signsIn = r.isTrue("connection.authentication.active", authentication.Get("active"), false)
	} else if authentication.Type != gjson.Null {
		r.odd("connection.authentication")
	}
	if c.name == "" {
		return connection{}, errIncomplete
	}
	return c, nil
}

// isOffered excludes connections that a login page does not show. These are the ones that are not for
// signing in, and enterprise connections without a button, which the domain of an address selects.
func (c connection) isOffered() bool {
	return c.signsIn && (kindOf(c.strategy) != identities.Enterprise || c.showAsButton)
}

func (c connection) shown() identities.Connection {
	return identities.Connection{
		Name:        c.name,
		DisplayName: cmp.Or(c.displayName, properNames[c.name], c.name),
		Strategy:    cmp.Or(strategyOf(c.strategy), "unknown"),
		Kind:        kindOf(c.strategy),
	}
}

// properNames are the display names of connections with the provider's default names.
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

// strategyOf removes the provider's own name from the names of strategies.
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
