package traffic

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"usher/localtenant"
)

// The administrator's own application: changes of the service's secret do not concern it.
const (
	adminID     = "administrator"
	adminSecret = "the-administrators-secret"
)

// Admin is the tenant's administrator, who calls it without a network.
type Admin struct {
	tenant *localtenant.Tenant
	mu     sync.Mutex
	token  string
	roles  map[string]string // IDs by name
}

// NewAdmin returns the administrator of a tenant.
func NewAdmin(tenant *localtenant.Tenant) (*Admin, error) {
	tenant.AddApplication(adminID, adminSecret, tenant.Settings().Application)
	a := &Admin{tenant: tenant, roles: map[string]string{}}
	var roles []struct{ ID, Name string }
	if err := a.read("/roles", &roles); err != nil {
		return nil, err
	}
	for _, r := range roles {
		a.roles[r.Name] = r.ID
	}
	return a, nil
}

// AddUser adds a user to the tenant.
func (a *Admin) AddUser(u localtenant.User) (string, error) { return a.tenant.AddUser(u) }

// serve sends a request to the tenant.
func (a *Admin) serve(method, target, contentType, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(body))
	if header != nil {
		r.Header = header.Clone()
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	a.tenant.ServeHTTP(w, r)
	return w
}

// Call calls the Management API. It decodes a response of 2xx into out, unless that is nil.
func (a *Admin) Call(method, path, body string, out any) (status int, err error) {
	for range 2 {
		resp := a.serve(method, "/api/v2"+path, "application/json", body, http.Header{"Authorization": {"Bearer " + a.bearer()}})
		status = resp.Code
		if status == http.StatusUnauthorized { // the clock has moved
			if err := a.renew(); err != nil {
				return status, err
			}
			continue
		}
		if status >= 300 {
			return status, fmt.Errorf("%s %s: %d", method, path, status)
		}
		if out == nil {
			return status, nil
		}
		return status, json.NewDecoder(resp.Body).Decode(out)
	}
	return status, fmt.Errorf("%s %s: %d", method, path, status)
}

func (a *Admin) read(path string, out any) error {
	_, err := a.Call(http.MethodGet, path, "", out)
	return err
}

func (a *Admin) change(method, path, body string) error {
	_, err := a.Call(method, path, body, nil)
	return err
}

func (a *Admin) bearer() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.token
}

func (a *Admin) renew() error {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {adminID}, "client_secret": {adminSecret}, "audience": {a.tenant.Audience()}}
	resp := a.serve(http.MethodPost, "/oauth/token", "application/x-www-form-urlencoded", form.Encode(), nil)
	var told struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil || told.Token == "" {
		return fmt.Errorf("no token for the administrator: %d, %w", resp.Code, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token = told.Token
	return nil
}

// user is the part of a user that the checks read.
type user struct {
	ID          string         `json:"user_id"`
	Name        string         `json:"name"`
	Blocked     any            `json:"blocked"` // in any of the forms that tenants have
	Metadata    map[string]any `json:"user_metadata"`
	AppMetadata map[string]any `json:"app_metadata"`
	Identities  []any          `json:"identities"`
}

func (a *Admin) user(id string) (u user, err error) {
	err = a.read("/users/"+url.PathEscape(id), &u)
	return u, err
}

// blocked reports whether the user is blocked.
func (u user) blocked() bool {
	text := fmt.Sprint(u.Blocked)
	return strings.EqualFold(text, "true") || text == "1"
}

// Has reports whether there is a user with an ID.
func (a *Admin) Has(id string) bool {
	_, err := a.user(id)
	return err == nil
}

// Named returns the IDs of the users with a name.
func (a *Admin) Named(name string) (ids []string, err error) {
	var users []user
	if err := a.read("/users?q="+url.QueryEscape(fmt.Sprintf("name:%q", name)), &users); err != nil {
		return nil, err
	}
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// Remove deletes users, whether they exist or not.
func (a *Admin) Remove(ids ...string) {
	for _, id := range ids {
		_ = a.change(http.MethodDelete, "/users/"+url.PathEscape(id), "")
	}
}
