package localtenant_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// statuses are what token requests with a secret are answered, one by one.
func statuses(t *testing.T, s *tenanttest.Server, id, secret string, n int) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {s.URL + "/api/v2/"}}
	got := ""
	for range n {
		switch status, _ := post(t, s, form, id, secret); status {
		case 200:
			got += "+"
		case 401:
			got += "-"
		default:
			t.Fatalf("status %d", status)
		}
	}
	return got
}

func TestAClientsSecretIsSet(t *testing.T) {
	const first, second = "the-first-secret-of-ours", "the-second-secret-of-ours"
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	const path = "/api/v2/clients/" + localtenant.ClientID
	got := a.obj("PATCH", path, map[string]any{"client_secret": first}, 200)
	if got["client_id"] != localtenant.ClientID || got["client_secret"] != first {
		t.Errorf("%v", got)
	}
	if before, after := statuses(t, s, localtenant.ClientID, localtenant.ClientSecret, 2), statuses(t, s, localtenant.ClientID, first, 2); before != "--" || after != "++" {
		t.Errorf("at once: old %s, new %s", before, after)
	}
	configure(t, s, func(s *localtenant.Settings) {
		s.SecretLag, s.SecretNodes = localtenant.Duration(30*time.Second), localtenant.NodesByRequest
	})
	for range 2 { // the second time changes nothing
		a.obj("PATCH", path, map[string]any{"client_secret": second}, 200)
	}
	if before, after := statuses(t, s, localtenant.ClientID, first, 4), statuses(t, s, localtenant.ClientID, second, 4); before != "+-+-" || after != "-+-+" {
		t.Errorf("while it changes: old %s, new %s", before, after)
	}
	now.Advance(30 * time.Second)
	if before, after := statuses(t, s, localtenant.ClientID, first, 2), statuses(t, s, localtenant.ClientID, second, 2); before != "--" || after != "++" {
		t.Errorf("afterwards: old %s, new %s", before, after)
	}
}

func TestAnotherClientsSecretIsItsOwn(t *testing.T) {
	const secret = "a-secret-of-the-machine"
	s := tenanttest.Start(t)
	s.Tenant.AddApplication("machine", "before", s.Tenant.Settings().Application)
	newAPI(t, s).obj("PATCH", "/api/v2/clients/machine", map[string]any{"client_secret": secret}, 200)
	if before, after := statuses(t, s, "machine", "before", 1), statuses(t, s, "machine", secret, 1); before != "-" || after != "+" {
		t.Errorf("old %s, new %s", before, after)
	}
	if other := statuses(t, s, localtenant.ClientID, localtenant.ClientSecret, 1); other != "+" {
		t.Errorf("the other application: %s", other)
	}
}

func TestClientUpdatesThatAreRefused(t *testing.T) {
	s := tenanttest.Start(t)
	const path = "/api/v2/clients/" + localtenant.ClientID
	good := map[string]any{"client_secret": "the-first-secret-of-ours"}
	a := newAPI(t, s)
	a.obj("PATCH", "/api/v2/clients/nobody", good, 404)
	for _, body := range []any{
		map[string]any{"client_secret": "short"}, map[string]any{"client_secret": 5}, map[string]any{"nam": "x"}, "text",
		map[string]any{"client_secret": strings.Repeat("x", 513)}, map[string]any{"client_secret": "with a space in the middle"},
	} {
		a.obj("PATCH", path, body, 400)
	}
	s.Tenant.SetScopes("update:clients")
	if got := newAPI(t, s).obj("PATCH", path, good, 403); got["errorCode"] != "insufficient_scope" {
		t.Errorf("%v", got)
	}
	newAPI(t, s).obj("PATCH", path, map[string]any{}, 200)
	if got := statuses(t, s, localtenant.ClientID, localtenant.ClientSecret, 1); got != "+" {
		t.Errorf("the secret: %s", got)
	}
}
