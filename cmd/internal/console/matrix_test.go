package console_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

// cell is an action in the matrix: its form, and what it changes at the tenant.
type cell struct {
	section string // whose page has the form
	prepare func(w *world, email, id string)
	form    func(w *world, id string) url.Values
	done    func(w *world, email, id string, got page) bool
	onSelf  bool // permitted on one's own account
	locks   bool // prepare would keep the person from signing in
}

// cells has an entry for each action of the console.
var cells = map[string]cell{
	"block": {done: func(w *world, _, id string, _ page) bool { return w.isBlocked(id) && len(w.sessions(id)) == 0 }},
	"unblock": {
		prepare: func(w *world, _, id string) { w.setUser(id, map[string]any{"blocked": true}) },
		done:    func(w *world, _, id string, _ page) bool { return !w.isBlocked(id) },
		locks:   true,
	},
	"lift-login-blocks": {
		section: "history",
		prepare: func(w *world, email, _ string) { w.failSignIns(email) },
		done:    func(w *world, _, id string, _ page) bool { return w.loginBlocks(id) == 0 },
		locks:   true,
	},
	"password-mail": {done: func(w *world, email, _ string, _ page) bool { return w.mails("reset_email", email) == 1 }},
	"password-link": {
		form: func(*world, string) url.Values { return url.Values{"ttl": {"3600"}} },
		done: func(w *world, _, _ string, got page) bool {
			return strings.Contains(got.body, w.tenant.URL+"/u/reset-password?ticket=") && got.header.Get("Cache-Control") == "no-store"
		},
	},
	"verification-mail": {
		prepare: unverified,
		done:    func(w *world, email, _ string, _ page) bool { return w.mails("verify_email", email) == 1 },
	},
	"verification-link": {
		prepare: unverified,
		done: func(w *world, _, _ string, got page) bool {
			return strings.Contains(got.body, w.tenant.URL+"/u/email-verification?ticket=")
		},
	},
	"remove-factor": {
		section: "factors",
		prepare: func(w *world, _, id string) { w.addFactors(id) },
		form:    func(w *world, id string) url.Values { return url.Values{"method": {w.totp(id)}} },
		done:    func(w *world, _, id string, _ page) bool { return len(w.factors(id)) == 1 && w.totp(id) == "" },
	},
	"remove-factors": {
		section: "factors",
		prepare: func(w *world, _, id string) { w.addFactors(id) },
		done:    func(w *world, _, id string, _ page) bool { return len(w.factors(id)) == 0 },
	},
	"recovery-code": {
		section: "factors",
		prepare: func(w *world, _, id string) { w.addFactors(id) },
		done:    func(_ *world, _, _ string, got page) bool { return strings.Contains(got.body, `id="credential">`) },
	},
	"end-session": {
		section: "sessions", onSelf: true,
		prepare: func(w *world, email, _ string) { w.tenantSignIn(email, localtenant.SamplePassword) },
		form: func(w *world, id string) url.Values {
			if all := w.sessions(id); len(all) > 0 {
				session, _ := all[0]["id"].(string)
				return url.Values{"session": {session}}
			}
			return nil
		},
		done: func(w *world, _, id string, got page) bool {
			return strings.Contains(got.body, "The session has ended.")
		},
	},
	"edit": {
		section: "edit",
		form: func(w *world, id string) url.Values {
			return url.Values{"name": {"Another Name"}, "etag": {w.etag("/users/" + url.PathEscape(id))}}
		},
		done: func(w *world, _, id string, _ page) bool { return w.user(id)["name"] == "Another Name" },
	},
	"delete": {
		form: func(w *world, id string) url.Values {
			email, _ := w.user(id)["email"].(string)
			return url.Values{"confirm": {email}}
		},
		done: func(w *world, _, id string, _ page) bool { return w.user(id) == nil },
	},
	"set-roles": {
		section: "roles",
		form: func(w *world, id string) url.Values {
			had := w.roleIDs(id)
			return url.Values{"had": had, "role": append(slices.Clone(had), "rol_Local00000000001")}
		},
		done: func(w *world, _, id string, _ page) bool { return slices.Contains(w.roles(id), "admin") },
	},
	"save-metadata": {
		section: "metadata",
		form: func(w *world, id string) url.Values {
			return url.Values{"json": {`{"a":{"b":1}}`}, "step": {"save"}, "etag": {w.etag("/metadata/" + url.PathEscape(id))}}
		},
		done: func(w *world, _, id string, _ page) bool {
			return fmt.Sprint(w.user(id)["user_metadata"]) == "map[a:map[b:1]]"
		},
	},
	"save-app-metadata": {
		section: "app-metadata",
		form: func(w *world, id string) url.Values {
			return url.Values{"json": {`{"plan":"gold"}`}, "step": {"save"}, "etag": {w.etag("/app-metadata/" + url.PathEscape(id))}}
		},
		done: func(w *world, _, id string, _ page) bool {
			return fmt.Sprint(w.user(id)["app_metadata"]) == "map[plan:gold]"
		},
	},
	"end-sessions": {
		section: "sessions", onSelf: true,
		prepare: func(w *world, email, _ string) { w.tenantSignIn(email, localtenant.SamplePassword) },
		done:    func(w *world, _, id string, _ page) bool { return len(w.sessions(id)) == 0 },
	},
}

func unverified(w *world, _, id string) { w.setUser(id, map[string]any{"email_verified": false}) }

// totp returns the ID of a user's authenticator app.
func (w *world) totp(id string) string {
	for _, factor := range w.factors(id) {
		if factor["type"] == "totp" {
			name, _ := factor["id"].(string)
			return "totp|" + strings.TrimPrefix(name, "totp|")
		}
	}
	return ""
}

const supportActions = "block unblock lift-login-blocks password-mail password-link verification-mail verification-link " +
	"remove-factor remove-factors recovery-code end-session end-sessions"

// permitted lists the actions of each role, as docs/console.md has them.
var permitted = map[string]string{
	auditorEmail: "",
	supportEmail: supportActions,
	clerkEmail:   "edit delete set-roles",
	adminEmail:   supportActions + " edit delete set-roles save-metadata save-app-metadata",
}

var (
	idOf = map[string]string{customerEmail: customerID, auditorEmail: auditorID, clerkEmail: clerkID, supportEmail: supportID, adminEmail: adminID}

	// below lists whom each person may change, as far as roles decide.
	below = map[string]string{
		auditorEmail: customerEmail + " " + auditorEmail,
		supportEmail: customerEmail + " " + auditorEmail + " " + supportEmail,
		clerkEmail:   customerEmail + " " + auditorEmail + " " + clerkEmail,
		adminEmail:   customerEmail + " " + auditorEmail + " " + clerkEmail + " " + supportEmail + " " + adminEmail,
	}
)

func has(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// The matrix has a cell for each action that the console's pages know.
func TestMatrixIsComplete(t *testing.T) {
	text, err := os.ReadFile("web/action.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\{name: "([^"]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(found) != len(cells) {
		t.Errorf("there are %d actions and %d cells", len(found), len(cells))
	}
	for _, action := range found {
		if _, ok := cells[action[1]]; !ok {
			t.Errorf("no cell for %s", action[1])
		}
	}
}

// Every role tries every action on every kind of user by a direct request. The tenant's state
// decides, and a refused action must not reach the tenant.
func TestMatrix(t *testing.T) {
	for person := range permitted {
		w := newWorld(t)
		for name, c := range cells {
			for target := range idOf {
				t.Run(strings.Join([]string{person, name, target}, " "), func(t *testing.T) {
					w.in(t).try(name, c, person, target)
				})
			}
		}
	}
}

// try tests one cell of the matrix.
func (w *world) try(name string, c cell, person, target string) {
	w.Helper()
	id, self := idOf[target], target == person
	may := has(permitted[person], name) && (self && c.onSelf || !self && has(below[person], target))
	if c.prepare != nil && !(self && c.locks) {
		c.prepare(w, target, id)
	}
	b := w.staff(person)
	path := userPath(id, name)
	shown := b.get(userPath(id, strings.Fields(c.section)...))
	form := url.Values{}
	if c.form != nil {
		form = c.form(w, id)
	}
	form.Set("key", shown.key(path))
	w.tenant.Tenant.ResetStats()
	got := b.post(path, form)
	if may {
		if !c.done(w, target, id, got) {
			w.Errorf("not done: %d %s", got.status, got.body)
		}
		if !shown.offers(path) {
			w.Errorf("the page does not offer it: %s", shown.body)
		}
		return
	}
	if got.status != 403 || w.writes() != 0 {
		w.Errorf("%d, %d changes: %v", got.status, w.writes(), w.tenant.Tenant.Stats().Routes)
	}
	if shown.offers(path) {
		w.Errorf("the page offers it: %s", shown.body)
	}
}

// in returns the same world with fresh users for another test.
func (w *world) in(t *testing.T) *world {
	t.Helper()
	again := *w
	again.T = t
	if err := w.tenant.Tenant.Reset(); err != nil {
		t.Fatal(err)
	}
	again.seed()
	return &again
}

// A role gives its user protection in any connection, not only in the staff's.
func TestNobodyActsUpwards(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	w.giveRole(customerID, "rol_Local00000000004") // a customer's account becomes an administrator's
	p := b.get(userPath(customerID))
	p.has(t, "permissions that you do not have")
	p.lacks(t, "Block this user")
	if p := b.post(userPath(customerID, "block"), nil); p.status != 403 || w.isBlocked(customerID) {
		t.Errorf("%d, blocked: %v", p.status, w.isBlocked(customerID))
	}
}

// Without the user's roles no action is possible.
func TestUnreadableRoles(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	shown := b.get(userPath(customerID))
	w.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}/roles", Status: 400})
	p := b.get(userPath(customerID))
	p.has(t, "The roles of this user cannot be read", "Ada Lovelace")
	p.lacks(t, "Block this user")
	if p := b.post(userPath(customerID, "password-link"), url.Values{"key": {shown.key(userPath(customerID, "password-link"))}}); p.status != 403 {
		t.Errorf("%d %s", p.status, p.body)
	}
}
