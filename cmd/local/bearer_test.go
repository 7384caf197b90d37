package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/authorizer"
	"usher/internal/boot/bearer"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

// tokenOf requests an application's token for an API.
func tokenOf(t *testing.T, tenantURL, client, audience string) string {
	t.Helper()
	resp, err := http.PostForm(tenantURL+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {client + localSecretEnd}, "audience": {audience},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var response struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&response); err != nil || response.AccessToken == "" {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	return response.AccessToken
}

func TestAuthBearer(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	out, stop := start(t, "-addr", addr, "-tenant-addr", tenant, "-auth", "bearer")
	all, reader := tokenOf(t, "http://"+tenant, localFrontend, localAudience), tokenOf(t, "http://"+tenant, localReader, localAudience)
	managing := tokenOf(t, "http://"+tenant, localtenant.ClientID, "http://"+tenant+"/api/v2/")
	const user = "/users/auth0%7C65e19a100000000000000001"
	tests := map[string]struct {
		method, path string
		tokens       []string // one Authorization header each
		status       int
		code         string
	}{
		"all scopes":                      {"GET", "/roles", []string{"Bearer " + all}, 200, ""},
		"reading with the reading scope":  {"GET", user, []string{"bearer " + reader}, 200, ""},
		"deleting with the reading scope": {"DELETE", user, []string{"Bearer " + reader}, 403, "forbidden"},
		"no token":                        {"GET", user, nil, 401, "unauthorized"},
		"two tokens":                      {"GET", user, []string{"Bearer " + reader, "Bearer " + all}, 401, "unauthorized"},
		"another API's token":             {"GET", user, []string{"Bearer " + managing}, 401, "unauthorized"},
		"a broken signature":              {"GET", user, []string{"Bearer " + all[:len(all)-8]}, 401, "unauthorized"},
		"no such route":                   {"GET", "/secrets", []string{"Bearer " + all}, 403, "not-authenticated-or-no-such-route"},
		"no such route, no token":         {"GET", "/secrets", nil, 403, "not-authenticated-or-no-such-route"},
		"a path below a route":            {"GET", user + "/roles", []string{"Bearer " + all}, 403, "not-authenticated-or-no-such-route"},
		"no such method":                  {"PUT", user, []string{"Bearer " + all}, 403, "not-authenticated-or-no-such-route"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+addr+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header["Authorization"] = tt.tokens
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tt.status || tt.code != "" && !strings.Contains(string(body), `"code":"`+tt.code+`"`) {
				t.Errorf("%d %s, %v", resp.StatusCode, body, err)
			}
			if got := resp.Header.Get("WWW-Authenticate"); (got == "Bearer") != (tt.status == 401) {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	log := out.String()
	for _, want := range []string{
		"status=200.* caller=" + localFrontend, "status=200.* caller=" + localReader,
		"status=403.* caller=" + localReader + ".*" + localReader + " has no scope for this route",
		"status=401.* error=\"unauthorized: .*: audience: it is for another audience\"", "status=401.* error=\"unauthorized: .*: no-token: ",
	} {
		if !regexp.MustCompile(want).MatchString(log) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
	if strings.Contains(log, `\n`) {
		t.Errorf("a reason has several lines: %s", log)
	}
	for _, token := range []string{all, reader, managing} {
		if strings.Contains(log, token[len(token)-20:]) {
			t.Error("a token is in the log")
		}
	}
}

// As behind the gateway, the scope for reading users does not include app_metadata.
func TestAuthBearerHidesAppMetadata(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant, "-auth", "bearer")
	for client, shows := range map[string]bool{localFrontend: true, localReader: false} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/users/auth0%7C65e19a100000000000000001", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+tokenOf(t, "http://"+tenant, client, localAudience))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || strings.Contains(string(body), "app_metadata") != shows {
			t.Errorf("%s: %d %s, %v", client, resp.StatusCode, body, err)
		}
	}
}

// The tenant's token with a scope allows exactly the routes of the scope's group.
func TestScopesAllowTheirRoutes(t *testing.T) {
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Audiences = []string{localAudience} })
	keys, err := bearer.Keys(s.Tenant.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	tokens := authorizer.New(authorizer.Options{Issuer: s.Tenant.Issuer(), Audience: localAudience, Keys: keys, Now: time.Now})
	for _, held := range permission.All() {
		client := string(held.Name)
		s.Tenant.AddMachine(client, client+localSecretEnd, localAudience, held.Scope, "openid")
		token := tokenOf(t, s.URL, client, localAudience)
		for _, owner := range permission.All() {
			for _, route := range owner.Routes {
				method, path, _ := strings.Cut(route, " ")
				allowed := slices.Contains(held.Routes, route)
				for _, id := range []string{"auth0%7C1", "a%2Fb", "..%2Fusers", "x%2Fenrollments"} {
					target := strings.NewReplacer("{id}", id, "{user_id}", id, "{method}", id, "{provider}", id, "{identity}", id, "{session}", id).Replace(path)
					r := httptest.NewRequest(method, target, nil)
					r.Header.Set("Authorization", "Bearer "+token)
					who, err := bearerOf(tokens, r)
					switch {
					case allowed && (err != nil || who.Caller.ID != client || who.Caller.Account != ""):
						t.Errorf("%s: %s %s is refused: %+v, %v", held.Scope, method, target, who, err)
					case !allowed && !is(err, problem.Forbidden):
						t.Errorf("%s: %s %s is not forbidden: %v", held.Scope, method, target, err)
					}
				}
			}
		}
	}
}

func is(err error, kind problem.Kind) bool {
	var p *problem.Error
	return errors.As(err, &p) && p.Kind.Code == kind.Code
}

// If the issuer is unavailable, calls fail with 500 instead of 401.
func TestUnavailableIssuer(t *testing.T) {
	authenticate, err := bearerAuthentication(authorizer.Options{Issuer: "http://127.0.0.1:1/", Audience: localAudience})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/users", nil)
	r.Header.Set("Authorization", "Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.e30.AAAA") // {"alg":"ES256","kid":"k"}, {}
	if who, err := authenticate(r); !is(err, problem.Internal) {
		t.Errorf("%+v, %v", who, err)
	}
}
