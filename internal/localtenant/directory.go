package localtenant

import (
	"errors"
	"slices"
	"time"

	"usher/internal/address"
)

// directory holds the users and the index in which searches look. It is only
// used with the tenant's lock held.
type directory struct {
	byID    map[string]*user
	byEmail map[string]map[string]*user // folded address -> id -> user
	logins  map[loginName]*user
	index   *index
	seq     int
}

// loginName is what must be unique: an address, a user name or a phone number
// within its connection.
type loginName struct{ connection, kind, value string }

var errTaken = errors.New("taken")

func newDirectory() *directory {
	return &directory{
		byID:    map[string]*user{},
		byEmail: map[string]map[string]*user{},
		logins:  map[loginName]*user{},
		index:   newIndex(),
	}
}

func (d *directory) get(id string) (*user, bool) {
	u, ok := d.byID[id]
	return u, ok
}

// put adds a user or replaces the one with its id. It fails with errTaken when
// another user has one of its login names.
func (d *directory) put(u *user, now time.Time) error {
	for _, name := range loginNames(u) {
		if other, ok := d.logins[name]; ok && other.ID != u.ID {
			return errTaken
		}
	}
	if old, ok := d.byID[u.ID]; ok {
		u.seq = old.seq
		d.forget(old)
	} else {
		d.seq++
		u.seq = d.seq
	}
	d.byID[u.ID] = u
	for _, name := range loginNames(u) {
		d.logins[name] = u
	}
	if u.Email != "" {
		key := address.Fold(u.Email)
		if d.byEmail[key] == nil {
			d.byEmail[key] = map[string]*user{}
		}
		d.byEmail[key][u.ID] = u
	}
	d.index.put(u, now)
	return nil
}

// remove deletes a user; a user that is not there is no error.
func (d *directory) remove(id string, now time.Time) {
	if u, ok := d.byID[id]; ok {
		d.forget(u)
		d.index.remove(id, now)
	}
}

func (d *directory) forget(u *user) {
	delete(d.byID, u.ID)
	for _, name := range loginNames(u) {
		if d.logins[name] == u {
			delete(d.logins, name)
		}
	}
	key := address.Fold(u.Email)
	delete(d.byEmail[key], u.ID)
	if len(d.byEmail[key]) == 0 {
		delete(d.byEmail, key)
	}
}

func loginNames(u *user) []loginName {
	c := u.primary().Connection
	var out []loginName
	// A social provider's addresses are its own affair: two accounts may share one.
	if u.Email != "" && !u.primary().IsSocial {
		out = append(out, loginName{c, "email", address.Fold(u.Email)})
	}
	if u.Username != "" {
		out = append(out, loginName{c, "username", address.Fold(u.Username)})
	}
	if u.PhoneNumber != "" {
		out = append(out, loginName{c, "phone", u.PhoneNumber})
	}
	return out
}

// withEmail returns the users with an address, written exactly so, oldest first.
func (d *directory) withEmail(email string) []*user {
	out := []*user{}
	for _, u := range d.byEmail[address.Fold(email)] {
		if u.Email == email {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *user) int { return a.seq - b.seq })
	return out
}

// login finds who signs in to a connection with an address, a user name or a phone number.
func (d *directory) login(connection, name string) (*user, bool) {
	for _, kind := range []string{"email", "username", "phone"} {
		if u, ok := d.logins[loginName{connection, kind, address.Fold(name)}]; ok {
			return u, true
		}
	}
	return nil, false
}

// owner finds the account that an identity belongs to, as its own or a linked one.
func (d *directory) owner(provider, id string) (*user, bool) {
	for _, u := range d.byID {
		for _, i := range u.Identities {
			if i.Provider == provider && i.UserID == id {
				return u, true
			}
		}
	}
	return nil, false
}
