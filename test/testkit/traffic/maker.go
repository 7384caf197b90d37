package traffic

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/localtenant"
)

// Maker makes requests. Service is what it asks for sign-ins.
type Maker struct {
	Admin   *Admin
	Service Service
}

// draft is a request in the making, with its fresh user.
type draft struct {
	*Maker
	Request
	n    int
	id   string // of the user
	path string // the ID, escaped
}

// Operations lists the operations without those of jobs, by their IDs in the contract.
func Operations() []string { return slices.Sorted(maps.Keys(drafts)) }

// Make makes request n for an operation. Its names follow from n.
func (m *Maker) Make(operation string, n int) (Request, error) {
	d := &draft{Maker: m, n: n, Request: Request{Operation: operation, Header: http.Header{}, Holds: func(Answer) error { return nil }}}
	write, ok := drafts[operation]
	if !ok {
		return Request{}, fmt.Errorf("no requests for %s", operation)
	}
	id, err := m.Admin.AddUser(localtenant.User{UserID: fmt.Sprintf("u%d", n), Email: d.email(), Password: localtenant.SamplePassword, Name: d.name()})
	if err != nil {
		return Request{}, err
	}
	d.id, d.path, d.Users = id, url.PathEscape(id), []string{id}
	if err := write(d); err != nil {
		return Request{}, fmt.Errorf("prepare %s: %w", operation, err)
	}
	if d.Body != "" {
		d.Header.Set("Content-Type", "application/json")
	}
	d.Secrets = append(d.Secrets, localtenant.SamplePassword, d.email())
	return d.Request, nil
}

func (d *draft) email() string { return fmt.Sprintf("user-%d@traffic.example.com", d.n) }
func (d *draft) name() string  { return fmt.Sprintf("User %d", d.n) }

// ask sets the method, the target and the body.
func (d *draft) ask(method, target, body string) { d.Method, d.Target, d.Body = method, target, body }

// of returns drafts of a request about the user, whose ID ends the path.
func of(method, path, body string) func(*draft) error {
	return func(d *draft) error { d.ask(method, path+d.path, body); return nil }
}

// holds adds the check of the user as they are after a success.
func (d *draft) holds(check func(user) bool) {
	d.Holds = func(Answer) error {
		u, err := d.Admin.user(d.id)
		if err == nil && !check(u) {
			err = fmt.Errorf("the tenant's user is %+v", u)
		}
		return err
	}
}

// then adds a check to a draft.
func then(write func(*draft) error, check func(user) bool) func(*draft) error {
	return func(d *draft) error { d.holds(check); return write(d) }
}

// tells is a draft whose success has to name a text of the user.
func tells(write func(*draft) error, text func(*draft) string) func(*draft) error {
	return func(d *draft) error {
		d.Holds = func(a Answer) error {
			if want, _ := json.Marshal(text(d)); !strings.Contains(a.Body, string(want)) {
				return fmt.Errorf("the answer does not name %s", want)
			}
			return nil
		}
		return write(d)
	}
}

// gone is a draft after which the user does not exist.
func gone(write func(*draft) error) func(*draft) error {
	return func(d *draft) error {
		d.Holds = func(Answer) error {
			if d.Admin.Has(d.id) {
				return fmt.Errorf("the user is still there")
			}
			return nil
		}
		return write(d)
	}
}

// listed is a draft after which a list of the tenant about the user has so many elements.
func listed(write func(*draft) error, path string, want int) func(*draft) error {
	return func(d *draft) error {
		d.Holds = func(Answer) error {
			var list []any
			if err := d.Admin.read("/users/"+d.path+path, &list); err != nil || len(list) != want {
				return fmt.Errorf("the tenant has %d of %s, want %d: %w", len(list), path, want, err)
			}
			return nil
		}
		return write(d)
	}
}
