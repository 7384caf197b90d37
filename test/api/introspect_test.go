package api

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/localtenant"
)

const shopAPI = "https://shop.example.com/api"

// withAPI has sign-ins ask for access tokens for an API.
func withAPI(s *setup) {
	s.config.Audience = shopAPI
	s.tenant = append(s.tenant, func(o *localtenant.Options) { o.Audiences = []string{shopAPI} })
}

// ownKey has a tenant sign with a key that no other test's has.
func ownKey(t *testing.T) func(*localtenant.Options) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *localtenant.Options) { o.Key = key }
}

func (s *service) introspect(t *testing.T, token any) answer {
	t.Helper()
	return s.as(t, "POST", "/introspect", fmt.Sprintf(`{"token":%q}`, token))
}

func TestIntrospect(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		tokens := newBrowser(t, s).tokens(t)
		for use, token := range map[string]any{"id_token": tokens["id_token"], "access_token": tokens["access_token"]} {
			got := s.introspect(t, token)
			wantAnswer(t, got, 200, "")
			said := got.json(t)
			aud := fmt.Sprint(said["aud"])
			want := map[string]string{"id_token": "[" + localtenant.ClientID + "]", "access_token": "[" + shopAPI + " " + s.tenant.URL + "/userinfo]"}[use]
			if said["active"] != true || said["use"] != use || said["sub"] != "auth0|65e19a100000000000000001" || said["iss"] != s.tenant.Tenant.Issuer() || aud != want {
				t.Errorf("%s: %s", use, got.body)
			}
			if said["exp"].(float64) <= said["iat"].(float64) {
				t.Errorf("%s: %s", use, got.body)
			}
			if use == "access_token" && (said["scope"] != "openid profile email offline_access" || said["client_id"] != localtenant.ClientID) {
				t.Errorf("%s: %s", use, got.body)
			}
			if strings.Contains(s.log.String(), token.(string)) {
				t.Error("the token is in the log")
			}
		}
	}, withAPI)
}

func TestIntrospectInactive(t *testing.T) {
	var late time.Duration
	for _, w := range []way{deployed} {
		t.Run(w.name, func(t *testing.T) {
			s := start(t, w, withAPI, func(s *setup) { s.now = func() time.Time { return time.Now().Add(late) } })
			good := newBrowser(t, s).tokens(t)["access_token"].(string)
			parts := strings.Split(good, ".")
			other := start(t, w, withAPI, func(s *setup) { s.tenant = append(s.tenant, ownKey(t)) })
			tests := map[string]string{
				"altered":           parts[0] + "." + parts[1] + "x." + parts[2],
				"without signature": parts[0] + "." + parts[1] + ".",
				"not JSON":          "aGVhZGVy.Y2xhaW1z.c2lnbmF0dXJl",
				"another tenant's":  newBrowser(t, other).tokens(t)["access_token"].(string),
				"for managing":      managementToken(t, s),
			}
			for name, token := range tests {
				if got := strings.TrimSpace(string(s.introspect(t, token).body)); got != `{"active":false}` {
					t.Errorf("%s: %s", name, got)
				}
			}
			if s.introspect(t, good).json(t)["active"] != true {
				t.Error("the good one is not active")
			}
			late = 25 * time.Hour
			defer func() { late = 0 }()
			if got := s.introspect(t, good).json(t)["active"]; got != false {
				t.Errorf("after its end: %v", got)
			}
		})
	}
}

func TestIntrospectRefuses(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		opaque := newBrowser(t, s).tokens(t)["access_token"]
		tests := map[string]struct {
			token  any
			status int
			code   string
		}{
			"an opaque access token": {opaque, 422, "opaque-token"},
			"a refresh token":        {"v1.abc", 422, "opaque-token"},
			"an encrypted one":       {"a.b.c.d.e", 422, "opaque-token"},
			"another alphabet":       {"a+b.c/d.e=", 422, "opaque-token"},
			"nothing":                {"", 400, "invalid-request"},
			"spaces":                 {"a.b. c", 400, "invalid-request"},
			"too long":               {"a.b." + strings.Repeat("c", 16<<10), 400, "invalid-request"},
		}
		s.tenant.Tenant.ResetStats()
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) { wantAnswer(t, s.introspect(t, tt.token), tt.status, tt.code) })
		}
		if n := s.tenant.Tenant.Stats().Requests; n != 0 {
			t.Errorf("%d provider calls", n)
		}
	})
}

// A new signing key is found by one look at the key set; keys that nobody has
// cause no more than that.
func TestIntrospectFollowsTheKeys(t *testing.T) {
	for _, w := range []way{deployed} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var late time.Duration
			advance := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); late += d }
			s := start(t, w, func(s *setup) {
				s.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(late) }
			})
			s.calm(t)
			first := newBrowser(t, s).tokens(t)["id_token"]
			if err := s.tenant.Tenant.RotateKey(); err != nil {
				t.Fatal(err)
			}
			advance(31 * time.Second)
			second := newBrowser(t, s).tokens(t)["id_token"] // the sign-in itself has followed
			for _, token := range []any{first, second} {
				if s.introspect(t, token).json(t)["active"] != true {
					t.Error("a token of either key is not active")
				}
			}
			strange := start(t, w, func(s *setup) { s.tenant = append(s.tenant, ownKey(t)) })
			foreign := newBrowser(t, strange).tokens(t)["id_token"]
			advance(31 * time.Second)
			s.tenant.Tenant.ResetStats()
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() { s.introspect(t, foreign) })
			}
			all.Wait()
			if n := s.tenant.Tenant.Stats().Routes["GET /.well-known/jwks.json"]; n != 1 {
				t.Errorf("%d fetches", n)
			}
		})
	}
}

func TestIntrospectWithoutKeys(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		foreign := start(t, s.way)
		token := newBrowser(t, foreign).tokens(t)["id_token"]
		for status, want := range map[int]int{500: 502, 503: 503, 404: 502} {
			fresh := start(t, s.way)
			fresh.calm(t)
			fresh.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /.well-known/jwks.json", Status: status})
			wantAnswer(t, fresh.introspect(t, token), want, "")
		}
	})
}
