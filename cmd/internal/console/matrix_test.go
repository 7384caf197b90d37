package console_test

import (
	"net/url"
	"strings"
	"testing"
)

// cell is an action in the matrix: its form, and what it changes at the tenant.
type cell struct {
	form    url.Values
	prepare func(w *world, target string)
	done    func(w *world, target string) bool
	onSelf  bool
}

// cells has an entry for each action of the console.
var cells = map[string]cell{
	"block": {done: func(w *world, id string) bool { return w.isBlocked(id) }},
	"unblock": {
		prepare: func(w *world, id string) { w.setUser(id, map[string]any{"blocked": true}) },
		done:    func(w *world, id string) bool { return !w.isBlocked(id) },
	},
}

// permitted lists the actions of each role, as docs/console.md has them.
var permitted = map[string]string{
	auditorEmail: "",
	supportEmail: "block unblock",
	adminEmail:   "block unblock",
}

var (
	idOf = map[string]string{customerEmail: customerID, auditorEmail: auditorID, supportEmail: supportID, adminEmail: adminID}

	// below lists whom each person may change, as far as roles decide.
	below = map[string]string{
		auditorEmail: customerEmail + " " + auditorEmail,
		supportEmail: customerEmail + " " + auditorEmail + " " + supportEmail,
		adminEmail:   customerEmail + " " + auditorEmail + " " + supportEmail + " " + adminEmail,
	}
)

func has(list, word string) bool { return strings.Contains(" "+list+" ", " "+word+" ") }

// Every role tries every action on every kind of user by a direct request. The tenant's state
// decides, and a refused action must not reach the tenant.
func TestMatrix(t *testing.T) {
	for person, actions := range permitted {
		w := newWorld(t)
		for name, c := range cells {
			for target, id := range idOf {
				t.Run(strings.Join([]string{person, name, target}, " "), func(t *testing.T) {
					w := w.in(t)
					self := target == person
					if c.prepare != nil && !self { // a blocked person could not sign in
						c.prepare(w, id)
					}
					b := w.staff(person)
					shown := b.get(userPath(id))
					may := has(actions, name) && (self && c.onSelf || !self && has(below[person], target))
					b.world.tenant.Tenant.ResetStats()
					got := b.post(userPath(id, name), c.form)
					if may {
						if !c.done(w, id) {
							t.Errorf("not done: %d %s", got.status, got.body)
						}
						if !strings.Contains(shown.body, `action="`+userPath(id, name)+`"`) {
							t.Error("the page does not offer it")
						}
						return
					}
					if got.status != 403 || w.writes() != 0 {
						t.Errorf("%d, %d changes: %v", got.status, w.writes(), w.tenant.Tenant.Stats().Routes)
					}
					if strings.Contains(shown.body, `action="`+userPath(id, name)+`"`) {
						t.Error("the page offers it")
					}
				})
			}
		}
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
