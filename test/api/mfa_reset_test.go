package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

func TestReset(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		wantAnswer(t, b.get(t, b.signInThrough(t, b.begin(t, "?mfa=required"), "ada@example.com")), 200, "")
		s.addMethod(t, "auth0|65e19a100000000000000001", `{"type":"phone","phone_number":"+14155550123"}`)
		wantAnswer(t, b.quietly(t), 200, "")
		for _, want := range []string{`{"methods_removed":2,"sessions_ended":true}`, `{"methods_removed":0,"sessions_ended":true}`} {
			got := s.call("DELETE", "/mfa/"+adasID, "")
			s.want(got, 200, "")
			if text := strings.TrimSpace(string(got.body)); text != want {
				t.Errorf("%s, want %s", text, want)
			}
		}
		if list := s.methods(t, "auth0|65e19a100000000000000001"); len(list) != 0 {
			t.Errorf("left %v", list)
		}
		wantAnswer(t, b.quietly(t), 401, "login-required")
		if s.tenant.Tenant.Stats().Routes["POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser"] != 2 {
			t.Error("browsers are still remembered")
		}
	})
}

func TestResetOnAPlanWithoutSessions(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id, _ := s.enrolled(t)
		s.withoutSessions(t)
		got := s.call("DELETE", "/mfa/"+url.PathEscape(id), "")
		s.want(got, 200, "")
		if text := strings.TrimSpace(string(got.body)); text != `{"methods_removed":1,"sessions_ended":false}` {
			t.Errorf("answered %s", text)
		}
	})
}

func TestResetThatIsDoneInPart(t *testing.T) {
	tests := map[string]struct {
		route    string
		fault    localtenant.Fault
		status   int
		code     string
		says     []string
		outcome  string
		methods  int // that are left
		sessions int // the status of a silent sign-in after it
	}{
		"not at all": {"DELETE /api/v2/users/{id}/authentication-methods", localtenant.Fault{Status: 418}, 502, "provider-failed",
			nil, "failed", 1, 200},
		"browsers": {"POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser", localtenant.Fault{Status: 503}, 503, "partly-updated",
			[]string{`{"field":"methods","detail":"were removed"}`, `{"field":"browsers","detail":"may still be remembered"}`, `{"field":"sessions","detail":"may not have ended"}`}, "partly", 0, 200},
		"sessions": {"POST /api/v2/users/{id}/revoke-access", localtenant.Fault{Status: 403}, 500, "partly-updated",
			[]string{`{"field":"methods","detail":"were removed"}`, `{"field":"browsers","detail":"are forgotten"}`, `{"field":"sessions","detail":"may not have ended"}`}, "partly", 0, 200},
		"sessions, a limit": {"POST /api/v2/users/{id}/revoke-access", localtenant.Fault{Status: 429, Reset: time.Now().Add(never)}, 429, "partly-updated",
			[]string{`{"field":"sessions","detail":"may not have ended"}`}, "partly", 0, 200},
		"silence after it": {"POST /api/v2/users/{id}/revoke-access", localtenant.Fault{Kind: localtenant.FaultResetBody}, 200, "",
			nil, "done", 0, 401}, // the status says that it was done
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asDeployed(t, func(t *testing.T, s *service) {
				s.calm(t)
				b := newBrowser(t, s)
				wantAnswer(t, b.get(t, b.signInThrough(t, b.begin(t, "?mfa=required"), "ada@example.com")), 200, "")
				fault := tt.fault
				fault.Route = tt.route
				s.tenant.Tenant.Fail(fault)
				before := len(s.log.String())
				got := s.call("DELETE", "/mfa/"+adasID, "")
				s.want(got, tt.status, tt.code)
				for _, want := range tt.says {
					if !strings.Contains(string(got.body), want) {
						t.Errorf("%s does not say %s", got.body, want)
					}
				}
				if tt.status == 429 && got.header.Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
				if lines := auditLines(t, s.log.String()[before:]); len(lines) != 1 || lines[0]["outcome"] != tt.outcome {
					t.Errorf("audited %v", lines)
				}
				s.tenant.Tenant.ClearFaults()
				if list := s.methods(t, "auth0|65e19a100000000000000001"); len(list) != tt.methods {
					t.Errorf("left %v", list)
				}
				if got := b.quietly(t); got.status != tt.sessions {
					t.Errorf("a silent sign-in: %d", got.status)
				}
				s.want(s.call("DELETE", "/mfa/"+adasID, ""), 200, "") // completes it
				wantAnswer(t, b.quietly(t), 401, "login-required")
				if list := s.methods(t, "auth0|65e19a100000000000000001"); len(list) != 0 {
					t.Errorf("left in the end: %v", list)
				}
			})
		})
	}
}
