package localtenant_test

import (
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// Without sessions in its plan, a tenant refuses to tell of them or to end
// them, and does everything else.
func TestPlanWithoutSessions(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	if err := s.Tenant.Configure(func(set *localtenant.Settings) { set.NoSessions = true }); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range s.Tenant.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		about := strings.Contains(path, "session") || strings.Contains(path, "refresh-token") || strings.Contains(path, "revoke-access")
		if !strings.HasPrefix(path, "/api/v2/") || !about {
			continue
		}
		refused++
		got := a.obj(method, strings.NewReplacer("{id}", "x", "{user_id}", "x").Replace(path), nil, 403)
		if got["errorCode"] != "feature_not_enabled" {
			t.Errorf("%s: %v", r.Pattern, got)
		}
	}
	if refused != 14 {
		t.Errorf("%d routes refused, want 14", refused)
	}
	a.obj("GET", "/api/v2/users/auth0%7C65e19a100000000000000001", nil, 200)
}
