package doctor

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"usher/internal/permission"
	"usher/internal/secrets"
	"usher/localtenant"
)

// A host that is no issuer is shown no credentials.
func TestNoSecretsForStrangers(t *testing.T) {
	const stranger = `{"issuer":"https://stranger.example.com/","token_endpoint":"https://other.example.com/oauth/token"}`
	for _, status := range []int{200, 301, 401, 403, 404, 429, 503} {
		c := open(t)
		var asked sync.Map
		c.at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Method+" "+r.URL.Path, true)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(stranger))
		}))
		Examine(t.Context(), c.patient, c.with)
		asked.Range(func(request, _ any) bool {
			if request != "GET /.well-known/openid-configuration" {
				t.Errorf("one that answers %d was sent %s", status, request)
			}
			return true
		})
	}
}

// No secret, and no token, is in what is said.
func TestNothingIsToldOfSecrets(t *testing.T) {
	c := open(t)
	c.tenant.Tenant.SetScopes(append(needed(permission.All()), "read:client_keys")...)
	for _, broken := range []bool{false, true} {
		if broken {
			c.patient.Credentials.ManagementClientSecret = "s3cr3t-that-is-wrong"
		}
		var text, asJSON strings.Builder
		results := Examine(t.Context(), c.patient, c.with)
		if err := errors.Join(WriteText(&text, results), WriteJSON(&asJSON, results)); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{webSecret, localtenant.ClientSecret, "s3cr3t", "eyJ"} {
			if strings.Contains(text.String()+asJSON.String(), secret) {
				t.Errorf("%q is in\n%s%s", secret, &text, &asJSON)
			}
		}
	}
}

// Where id and secret are swapped, the secret is an id, and ids are shown.
func TestASecretInTheIDsPlace(t *testing.T) {
	const secret = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s"
	for id, swap := range map[string]func(*secrets.Credentials){
		"management-credentials": func(c *secrets.Credentials) {
			c.ManagementClientID, c.ManagementClientSecret = secret, c.ManagementClientID
		},
		"sign-in-credentials": func(c *secrets.Credentials) { c.ClientID, c.ClientSecret = secret, c.ClientID },
	} {
		c := open(t)
		swap(&c.patient.Credentials)
		for _, broken := range []bool{false, true} {
			if broken {
				c.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/clients/{id}", Status: 503})
				c.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/clients/{id}/connections", Status: 503})
			}
			results := Examine(t.Context(), c.patient, c.with)
			if r := resultOf(t, results, id); r.Outcome != Wrong || !strings.Contains(r.Finding, `"s3cr…"`) || !strings.Contains(r.Advice, "are the two swapped?") {
				t.Errorf("%+v", r)
			}
			for _, r := range results {
				if strings.Contains(r.Finding+r.Advice, secret) {
					t.Errorf("%+v", r)
				}
			}
		}
	}
}
