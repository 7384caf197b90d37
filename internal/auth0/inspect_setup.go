package auth0

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/tidwall/gjson"
)

// get reads an object of the Management API. Members of unexpected types are tolerated, except
// the essential one, which must be a text.
func (i *Inspector) get(ctx context.Context, essential, path string, query url.Values) (gjson.Result, error) {
	address := anyTenant + path + "?" + query.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return gjson.Result{}, err
	}
	resp, err := i.client.sdk.HTTPClient.Do(r)
	if err != nil {
		return gjson.Result{}, err // without the path: it may contain a secret in place of an ID
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return gjson.Result{}, err
	}
	root, err := i.client.reading(ctx).parse(body)
	if err == nil && essential != "" && root.Get(essential).Type != gjson.String {
		err = errIncomplete
	}
	return root, err
}

// list reads a list of objects. name is "@this" if the response is the list itself.
func (i *Inspector) list(ctx context.Context, name, path string, query url.Values) ([]gjson.Result, error) {
	root, err := i.get(ctx, "", path, query)
	if err != nil {
		return nil, err
	}
	items := root.Get(name)
	if !items.IsArray() {
		return nil, errIncomplete
	}
	return items.Array(), nil
}

// Registration is the registration of an application.
type Registration struct {
	Type       string // "regular_web"
	AuthMethod string // at the token endpoint; "none" for a public client; "" if the token may not read it
	Grants     []string
	Callbacks  []string
	LogoutURLs []string
}

// Registration reads an application's registration (scope read:clients), but not its secrets,
// which some scopes can read.
func (i *Inspector) Registration(ctx context.Context, clientID string) (Registration, error) {
	fields := "client_id,app_type,token_endpoint_auth_method,grant_types,callbacks,allowed_logout_urls"
	c, err := i.get(ctx, "client_id", "/clients/"+url.PathEscape(clientID), url.Values{"fields": {fields}})
	return Registration{
		Type:       c.Get("app_type").String(),
		AuthMethod: c.Get("token_endpoint_auth_method").String(),
		Grants:     texts(c.Get("grant_types")),
		Callbacks:  texts(c.Get("callbacks")),
		LogoutURLs: texts(c.Get("allowed_logout_urls")),
	}, err
}

func texts(list gjson.Result) []string {
	var all []string
	for _, item := range list.Array() {
		all = append(all, item.String())
	}
	return all
}

// Connection holds the settings of a connection.
type Connection struct {
	Name     string
	Database bool
	SignUps  bool // users may create accounts
}

// Connection reads the connection with this name; nil if there is none (scope read:connections).
// It keeps one of the options; others may be secrets.
func (i *Inspector) Connection(ctx context.Context, name string) (*Connection, error) {
	query := url.Values{"name": {name}, "fields": {"name,strategy,options"}, "take": {"1"}}
	all, err := i.list(ctx, "connections", "/connections", query)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &Connection{
		Name:     name,
		Database: all[0].Get("strategy").String() == "auth0",
		SignUps:  !all[0].Get("options.disable_signup").Bool(),
	}, nil
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
	Deployed bool
	Changed  bool // since its deployment
	Bound    bool // to the login flow
}

// LoginAction reads the Action with this name; nil if there is none (scope read:actions).
func (i *Inspector) LoginAction(ctx context.Context, name string) (*Action, error) {
	query := url.Values{"actionName": {name}, "triggerId": {"post-login"}, "per_page": {"50"}}
	all, err := i.list(ctx, "actions", "/actions/actions", query)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(a gjson.Result) bool { return a.Get("name").String() == name })
	if at < 0 {
		return nil, nil
	}
	// All Actions of a flow fit on one page.
	bound, err := i.list(ctx, "bindings", "/actions/triggers/post-login/bindings", url.Values{"per_page": {"50"}})
	id, deployed := all[at].Get("id").String(), all[at].Get("deployed_version").Type != gjson.Null
	return &Action{
		Deployed: deployed,
		Changed:  deployed && !all[at].Get("all_changes_deployed").Bool(),
		Bound:    id != "" && slices.ContainsFunc(bound, func(b gjson.Result) bool { return b.Get("action.id").String() == id }),
	}, err
}

// Factors returns the enabled second factors (scope read:guardian_factors).
func (i *Inspector) Factors(ctx context.Context) ([]string, error) {
	all, err := i.list(ctx, "@this", "/guardian/factors", nil)
	var on []string
	for _, f := range all {
		if f.Get("enabled").Bool() {
			on = append(on, f.Get("name").String())
		}
	}
	return on, err
}

// API is an API that the tenant issues tokens for. Users and Clients say who gets them, in Auth0's
// terms: "allow_all", "require_client_grant" or "deny_all"
// (https://auth0.com/docs/get-started/apis/api-access-policies-for-applications).
// "" means that the tenant does not say; then all users get them.
type API struct {
	OfflineAccess bool
	Users         string // through an application
	Clients       string // for the applications themselves
}

// API reads the API with this audience; nil if there is none (scope read:resource_servers).
func (i *Inspector) API(ctx context.Context, audience string) (*API, error) {
	api, err := i.get(ctx, "identifier", "/resource-servers/"+url.PathEscape(audience), nil)
	switch {
	case hasStatus(err, http.StatusNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	policies := api.Get("subject_type_authorization")
	return &API{
		OfflineAccess: api.Get("allow_offline_access").Bool(),
		Users:         policies.Get("user.policy").String(),
		Clients:       policies.Get("client.policy").String(),
	}, nil
}
