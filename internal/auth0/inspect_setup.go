package auth0

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	actionsclient "github.com/auth0/go-auth0/v3/management/actions/client"
	"github.com/auth0/go-auth0/v3/management/actions/triggers/bindings"
	clientsclient "github.com/auth0/go-auth0/v3/management/clients/client"
	factorsclient "github.com/auth0/go-auth0/v3/management/guardian/factors/client"
	"github.com/auth0/go-auth0/v3/management/resourceservers"
	"github.com/tidwall/gjson"

	"usher/internal/secrets"
)

// Registration is the registration of an application.
type Registration struct {
	Type       string // "regular_web"
	AuthMethod string // at the token endpoint; "none" for a public client
	Grants     []string
	Callbacks  []string
	LogoutURLs []string
	Partial    bool // the token may read only the type
}

// registrationFields omits the secrets, which some scopes can read.
const registrationFields = "client_id,app_type,token_endpoint_auth_method,grant_types,callbacks,allowed_logout_urls"

// Registration reads an application's registration (scope read:clients).
func (i *Inspector) Registration(ctx context.Context, clientID string) (Registration, error) {
	fields := registrationFields
	r := i.client.reading(ctx)
	c, err := i.read(ctx, r, "client_id", func(ctx context.Context) (any, error) {
		return clientsclient.NewClient(i.client.sdk).Get(ctx, clientID, &management.GetClientRequestParameters{Fields: &fields})
	})
	if err != nil {
		return Registration{}, fmt.Errorf("read application %q: %w", secrets.ShownID(clientID), err)
	}
	return Registration{
		Type:       r.text("client.app_type", c.Get("app_type")),
		AuthMethod: r.text("client.token_endpoint_auth_method", c.Get("token_endpoint_auth_method")),
		Grants:     r.texts("client.grant_types", c.Get("grant_types")),
		Callbacks:  r.texts("client.callbacks", c.Get("callbacks")),
		LogoutURLs: r.texts("client.allowed_logout_urls", c.Get("allowed_logout_urls")),
		Partial:    c.Get("token_endpoint_auth_method").Type == gjson.Null,
	}, nil
}

// read reads an object with an essential member of type string.
func (i *Inspector) read(ctx context.Context, r *reading, essential string, send func(context.Context) (any, error)) (gjson.Result, error) {
	body, err := call(ctx, send)
	if err != nil {
		return gjson.Result{}, err
	}
	root, err := r.parse(body)
	if err == nil && root.Get(essential).Type != gjson.String {
		err = errIncomplete
	}
	return root, err
}

// list reads a list with or without a name.
func (i *Inspector) list(ctx context.Context, r *reading, name string, send func(context.Context) (any, error)) ([]gjson.Result, error) {
	body, err := call(ctx, send)
	if err != nil {
		return nil, err
	}
	_, items, err := r.list(body, name)
	return items, err
}

// Connection holds the settings of a connection.
type Connection struct {
	Name     string
	Database bool
	SignUps  bool // users may create accounts
}

// Connection reads the connection with this name (scope read:connections). It keeps one of
// the options; others may be secrets.
func (i *Inspector) Connection(ctx context.Context, name string) (c Connection, found bool, err error) {
	fields := "name,strategy,options"
	r := i.client.reading(ctx)
	all, err := i.list(ctx, r, "connections", func(ctx context.Context) (any, error) {
		return i.client.connections.List(ctx, &management.ListConnectionsQueryParameters{Name: &name, Fields: &fields})
	})
	if err != nil {
		return Connection{}, false, fmt.Errorf("look for connection %q: %w", name, err)
	}
	if len(all) == 0 {
		return Connection{}, false, nil
	}
	closed := r.isTrue("connection.options.disable_signup", all[0].Get("options.disable_signup"), false)
	return Connection{Name: name, Database: r.text("connection.strategy", all[0].Get("strategy")) == "auth0", SignUps: !closed}, true, nil
}

// EnabledConnections returns the names of the connections that the sign-in application's
// users can sign in with (scopes read:connections and read:clients).
func (i *Inspector) EnabledConnections(ctx context.Context) ([]string, error) {
	list, err := i.client.enabledConnections(ctx, i.credentials.ClientID, "name,authentication")
	if err != nil {
		return nil, fmt.Errorf("list the application's connections: %w", err)
	}
	var names []string
	for _, c := range list {
		if c.signsIn {
			names = append(names, c.name)
		}
	}
	return names, nil
}

// Action is the state of an Action in the login flow.
type Action struct {
	Exists   bool
	Deployed bool
	Changed  bool // since its deployment
	Bound    bool // to the login flow
}

// LoginAction reads the Action with this name (scope read:actions).
func (i *Inspector) LoginAction(ctx context.Context, name string) (Action, error) {
	trigger := management.ActionTriggerTypeEnumPostLogin
	r := i.client.reading(ctx)
	all, err := i.list(ctx, r, "actions", func(ctx context.Context) (any, error) {
		return actionsclient.NewClient(i.client.sdk).List(ctx, &management.ListActionsRequestParameters{ActionName: &name, TriggerID: &trigger})
	})
	if err != nil {
		return Action{}, fmt.Errorf("look for Action %q: %w", name, err)
	}
	at := slices.IndexFunc(all, func(a gjson.Result) bool { return r.text("action.name", a.Get("name")) == name })
	if at < 0 {
		return Action{}, nil
	}
	found := Action{Exists: true, Deployed: all[at].Get("deployed_version").Type != gjson.Null}
	found.Changed = found.Deployed && !r.isTrue("action.all_changes_deployed", all[at].Get("all_changes_deployed"), false)
	// All Actions of a flow fit on one page.
	bound, err := i.list(ctx, r, "bindings", func(ctx context.Context) (any, error) {
		return bindings.NewClient(i.client.sdk).List(ctx, &trigger, &management.ListActionTriggerBindingsRequestParameters{})
	})
	if err != nil {
		return Action{}, fmt.Errorf("list the login flow's Actions: %w", err)
	}
	id := r.text("action.id", all[at].Get("id"))
	found.Bound = id != "" && slices.ContainsFunc(bound, func(b gjson.Result) bool { return r.text("binding.action.id", b.Get("action.id")) == id })
	return found, nil
}

// Factors returns the enabled second factors (scope read:guardian_factors).
func (i *Inspector) Factors(ctx context.Context) ([]string, error) {
	r := i.client.reading(ctx)
	all, err := i.list(ctx, r, "", func(ctx context.Context) (any, error) { return factorsclient.NewClient(i.client.sdk).List(ctx) })
	if err != nil {
		return nil, fmt.Errorf("list the factors: %w", err)
	}
	var on []string
	for _, f := range all {
		if r.isTrue("factor.enabled", f.Get("enabled"), false) {
			on = append(on, r.text("factor.name", f.Get("name")))
		}
	}
	return on, nil
}

// OfflineAccess reports whether an API exists and allows refresh tokens (scope read:resource_servers).
func (i *Inspector) OfflineAccess(ctx context.Context, audience string) (allowed, found bool, err error) {
	r := i.client.reading(ctx)
	api, err := i.read(ctx, r, "identifier", func(ctx context.Context) (any, error) {
		return resourceservers.NewClient(i.client.sdk).Get(ctx, audience, &management.GetResourceServerRequestParameters{})
	})
	switch {
	case hasStatus(err, http.StatusNotFound):
		return false, false, nil
	case err != nil:
		return false, false, fmt.Errorf("read API %q: %w", audience, err)
	}
	return r.isTrue("api.allow_offline_access", api.Get("allow_offline_access"), false), true, nil
}
