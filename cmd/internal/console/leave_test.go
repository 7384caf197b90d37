package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"usher/localtenant"
)

func lastResponse(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Within a minute of use, a person who is no longer staff is out.
func TestFormerStaffAreOut(t *testing.T) {
	tests := map[string]struct {
		change func(w *world)
		want   string
	}{
		"role removed": {func(w *world) {
			w.manage("DELETE", "/api/v2/users/"+url.PathEscape(supportID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000003"}})
		}, "no role for the console"},
		"blocked": {func(w *world) { w.setUser(supportID, map[string]any{"blocked": true}) }, "is blocked"},
		"deleted": {func(w *world) { w.manage("DELETE", "/api/v2/users/"+url.PathEscape(supportID), nil) }, "does not exist any more"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b, second := w.staff(supportEmail), w.staff(supportEmail)
			tt.change(w)
			w.clock.Advance(59 * time.Second)
			if p := b.get("/users"); p.status != 200 {
				t.Errorf("before the check is due: %d", p.status)
			}
			w.clock.Advance(time.Second)
			p := b.get("/users")
			if p.status != 403 {
				t.Errorf("after a minute: %d", p.status)
			}
			p.has(t, tt.want)
			p.lacks(t, "ada@example.com")
			for _, each := range []*browser{b, second} {
				if p := each.get("/users"); p.status != 401 {
					t.Errorf("the session is still there: %d", p.status)
				}
			}
		})
	}
}

// An action looks at the person at once.
func TestFormerStaffDoNothing(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	b.get(userPath(customerID))
	w.setUser(supportID, map[string]any{"blocked": true})
	w.tenant.Tenant.ResetStats()
	b.post(userPath(customerID, "block"), nil).has(t, "is blocked")
	if w.isBlocked(customerID) || w.writes() != 0 {
		t.Errorf("the action was carried out: %v", w.tenant.Tenant.Stats())
	}
}

// While the person cannot be read, the last result holds for five more minutes.
func TestUnreadableStaff(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	w.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}/roles", Status: 400})
	w.clock.Advance(time.Minute + 5*time.Minute - time.Second)
	if p := b.get("/users"); p.status != 200 {
		t.Errorf("within the tolerance: %d %s", p.status, p.body)
	}
	w.clock.Advance(time.Second)
	p := b.get("/users")
	if p.status != 503 {
		t.Errorf("after the tolerance: %d", p.status)
	}
	p.has(t, "Your permissions cannot be checked")
	p.lacks(t, "ada@example.com")
	w.tenant.Tenant.ClearFaults()
	if p := b.get("/users"); p.status != 200 {
		t.Errorf("readable again: %d", p.status)
	}
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	w.clock.Advance(15 * time.Minute)
	if p := b.get("/users"); p.status != 200 {
		t.Errorf("after 15 minutes: %d", p.status)
	}
	w.clock.Advance(15*time.Minute + time.Second)
	if p := b.get("/users"); p.status != 401 {
		t.Errorf("after more than 15 idle minutes: %d", p.status)
	}
	b = w.staff(supportEmail)
	for range 8 * 4 {
		w.clock.Advance(15 * time.Minute)
		if p := b.get("/users"); p.status != 200 {
			t.Fatalf("in use: %d", p.status)
		}
	}
	w.clock.Advance(time.Second)
	if p := b.get("/users"); p.status != 401 {
		t.Errorf("after more than 8 hours: %d", p.status)
	}
}
