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

	"usher/internal/secrets"
)

// Registration is what is registered of an application.
type Registration struct {
	Type       string // "regular_web"
	AuthMethod string // at the token endpoint; "none" for a public client
	Grants     []string
	Callbacks  []string
	LogoutURLs []string
	Partial    bool // the token shows no more than the type
}

// ofRegistration leaves the secrets out, which some scopes show.
const ofRegistration = "client_id,app_type,token_endpoint_auth_method,grant_types,callbacks,allowed_logout_urls"

// Registration reads an application's registration (read:clients).
func (i *Inspector) Registration(ctx context.Context, clientID string) (Registration, error) {
	fields := ofRegistration
	c, err := clientsclient.NewClient(i.client.sdk).Get(ctx, clientID, &management.GetClientRequestParameters{Fields: &fields})
	if err == nil && c.ClientID == nil {
		err = errIncomplete
	}
	if err != nil {
		return Registration{}, fmt.Errorf("read application %q: %w", secrets.ShownID(clientID), err)
	}
	return Registration{
		Type: string(c.GetAppType()), AuthMethod: string(c.GetTokenEndpointAuthMethod()),
		Grants: c.GetGrantTypes(), Callbacks: c.GetCallbacks(), LogoutURLs: c.GetAllowedLogoutURLs(),
		Partial: c.TokenEndpointAuthMethod == nil,
	}, nil
}

// Connection is a connection as it is set up.
type Connection struct {
	Name     string
	Database bool
	SignUps  bool // users may create accounts by themselves
}

// Connection looks for a connection by its name (read:connections). Of its options
// it keeps one; others may be secrets.
func (i *Inspector) Connection(ctx context.Context, name string) (c Connection, found bool, err error) {
	fields := "name,strategy,options"
	page, err := i.client.connections.List(ctx, &management.ListConnectionsQueryParameters{Name: &name, Fields: &fields})
	if err == nil && page.Response.Connections == nil {
		err = errIncomplete
	}
	if err != nil {
		return Connection{}, false, fmt.Errorf("look for connection %q: %w", name, err)
	}
	if len(page.Results) == 0 {
		return Connection{}, false, nil
	}
	closed, _ := page.Results[0].GetOptions()["disable_signup"].(bool)
	return Connection{Name: name, Database: page.Results[0].GetStrategy() == "auth0", SignUps: !closed}, true, nil
}

// EnabledConnections are the names of those through which the sign-in application's
// users may come (read:connections and read:clients).
func (i *Inspector) EnabledConnections(ctx context.Context) ([]string, error) {
	list, err := i.client.enabledConnections(ctx, i.credentials.ClientID, "name,authentication")
	if err != nil {
		return nil, fmt.Errorf("list the application's connections: %w", err)
	}
	var names []string
	for _, c := range list {
		if signsIn(c) {
			names = append(names, c.GetName())
		}
	}
	return names, nil
}

// Action is how far an Action of the login flow has come.
type Action struct {
	Exists   bool
	Deployed bool
	Changed  bool // since it was deployed
	Bound    bool // to the login flow
}

// LoginAction looks for an Action by its name (read:actions).
func (i *Inspector) LoginAction(ctx context.Context, name string) (Action, error) {
	trigger := management.ActionTriggerTypeEnumPostLogin
	listed, err := actionsclient.NewClient(i.client.sdk).List(ctx, &management.ListActionsRequestParameters{ActionName: &name, TriggerID: &trigger})
	if err == nil && listed.Response.Actions == nil {
		err = errIncomplete
	}
	if err != nil {
		return Action{}, fmt.Errorf("look for Action %q: %w", name, err)
	}
	at := slices.IndexFunc(listed.Results, func(a *management.Action) bool { return a.GetName() == name })
	if at < 0 {
		return Action{}, nil
	}
	found := Action{Exists: true, Deployed: listed.Results[at].DeployedVersion != nil}
	found.Changed = found.Deployed && !listed.Results[at].GetAllChangesDeployed()
	// A flow holds fewer Actions than a page.
	bound, err := bindings.NewClient(i.client.sdk).List(ctx, &trigger, &management.ListActionTriggerBindingsRequestParameters{})
	if err == nil && bound.Response.Bindings == nil {
		err = errIncomplete
	}
	if err != nil {
		return Action{}, fmt.Errorf("list the login flow's Actions: %w", err)
	}
	found.Bound = slices.ContainsFunc(bound.Results, func(b *management.ActionBinding) bool {
		return b.Action != nil && b.Action.GetID() == listed.Results[at].GetID()
	})
	return found, nil
}

// Factors are the second factors that are switched on (read:guardian_factors).
func (i *Inspector) Factors(ctx context.Context) ([]string, error) {
	all, err := factorsclient.NewClient(i.client.sdk).List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the factors: %w", err)
	}
	var on []string
	for _, f := range all {
		if f.GetEnabled() {
			on = append(on, string(f.GetName()))
		}
	}
	return on, nil
}

// OfflineAccess reports whether an API is there, and allows refresh tokens
// (read:resource_servers).
func (i *Inspector) OfflineAccess(ctx context.Context, audience string) (allowed, found bool, err error) {
	api, err := resourceservers.NewClient(i.client.sdk).Get(ctx, audience, &management.GetResourceServerRequestParameters{})
	switch {
	case hasStatus(err, http.StatusNotFound):
		return false, false, nil
	case err == nil && api.Identifier == nil:
		err = errIncomplete
	}
	if err != nil {
		return false, false, fmt.Errorf("read API %q: %w", audience, err)
	}
	return api.GetAllowOfflineAccess(), true, nil
}
