package measure

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"usher/bench/internal/load"
	"usher/bench/internal/provider"
	"usher/bench/internal/target"
	"usher/localtenant"
)

// Compared are the latencies of the same bare calls to the provider and to the local tenant.
type Compared struct {
	Name             string
	Provider, Tenant []float64
}

// CompareTenant measures two bare calls at the local tenant, over TLS, beside the provider. It is
// the reason for a provider with prepared answers. dir is that of the provider's CA.
func CompareTenant(ctx context.Context, from *provider.Provider, dir string) ([]Compared, error) {
	tenant, server, err := startTenant(dir)
	if err != nil {
		return nil, fmt.Errorf("start the local tenant: %w", err)
	}
	defer server.Close()
	token, err := tokenOf(ctx, server.URL, tenant.Audience())
	if err != nil {
		return nil, fmt.Errorf("get a token of the local tenant: %w", err)
	}
	from.SetDelay(0)
	user := "/api/v2/users/auth0%7C65e19a100000000000000001"
	list := "/api/v2/users?include_totals=true&per_page=50&page=0&search_engine=v3&sort=created_at:1"
	all := []Compared{{Name: "get"}, {Name: "list of 50"}}
	for i, path := range []string{user, list} {
		ours := target.NewBare([]provider.Call{{Method: "GET", URL: from.URL() + path}})
		theirs := target.NewBare([]provider.Call{{Method: "GET", URL: server.URL + path, Header: map[string]string{"Authorization": "Bearer " + token}}})
		for range 200 {
			for to, latencies := range map[target.Target]*[]float64{ours: &all[i].Provider, theirs: &all[i].Tenant} {
				took, err := load.Closed(ctx, 1, 1, func(ctx context.Context, worker int) error { return ok(to.Do(ctx, worker)) })
				if err != nil {
					return nil, err
				}
				*latencies = append(*latencies, took...)
			}
		}
	}
	return all, nil
}

func ok(a target.Answer, err error) error {
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", a.Status, a.Body)
	}
	return err
}

// startTenant starts a local tenant with 100 users.
func startTenant(dir string) (*localtenant.Tenant, *httptest.Server, error) {
	certificate, err := localtenant.Certificate(dir)
	if err != nil {
		return nil, nil, err
	}
	server := httptest.NewUnstartedServer(nil)
	tenant, err := localtenant.New(localtenant.Options{BaseURL: "https://" + server.Listener.Addr().String()})
	if err == nil {
		users := make([]localtenant.User, 100)
		for i := range users {
			users[i].Email = fmt.Sprintf("user%d@example.com", i)
		}
		err = tenant.AddUsers(users)
	}
	if err != nil {
		return nil, nil, errors.Join(err, server.Listener.Close())
	}
	server.Config.Handler, server.EnableHTTP2 = tenant, true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	return tenant, server, nil
}

func tokenOf(ctx context.Context, url, audience string) (string, error) {
	form := "grant_type=client_credentials&client_id=" + localtenant.ClientID + "&client_secret=" + localtenant.ClientSecret + "&audience=" + audience
	call := provider.Call{Method: "POST", URL: url + "/oauth/token", Body: form, Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
	answer, err := target.NewBare([]provider.Call{call}).Do(ctx, 0)
	if err := ok(answer, err); err != nil {
		return "", err
	}
	var got struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(strings.NewReader(answer.Body)).Decode(&got)
	return got.Token, err
}
