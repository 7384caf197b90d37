package localtenant

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"usher/internal/address"
)

// directory holds the users and the index in which searches look. It is only
// used with the tenant's lock held.
type directory struct {
	byID    map[string]*user
	byEmail map[string]map[string]*user // folded address -> id -> user
	logins  map[loginName]login
	index   *index
	seq     int
}

// loginName is what must be unique: an address, a user name or a phone number
// within its connection.
type loginName struct{ connection, kind, value string }

// login is whose a login name is: a user's, by the identity at a place. A linked account's
// names go on being its own, and sign in as the user that it is linked to
// (https://auth0.com/docs/manage-users/user-accounts/user-account-linking).
type login struct {
	user  *user
	place int
}

// account has the password that goes with the name: the user, or the linked account.
func (l login) account() *user { return l.user.account(l.place) }

// account is the user at place 0, and else the account that was linked.
func (u *user) account(place int) *user {
	if place == 0 {
		return u
	}
	return u.Identities[place].own
}

var errTaken = errors.New("taken")

func newDirectory() *directory {
	return &directory{
		byID:    map[string]*user{},
		byEmail: map[string]map[string]*user{},
		logins:  map[loginName]login{},
		index:   newIndex(),
	}
}

func (d *directory) get(id string) (*user, bool) {
	u, ok := d.byID[id]
	return u, ok
}

// user is the user whom a path names.
func (t *Tenant) user(r *http.Request) (*user, error) {
	if u, ok := t.users.get(r.PathValue("id")); ok {
		return u, nil
	}
	return nil, userNotFound()
}

// put adds a user or replaces the one with its id. It fails with errTaken when
// another user has one of its login names.
func (d *directory) put(u *user, now time.Time) error {
	names := loginNames(u)
	for name := range names {
		if other, ok := d.logins[name]; ok && other.user.ID != u.ID {
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
	for name, place := range names {
		d.logins[name] = login{u, place}
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
	for name := range loginNames(u) {
		if d.logins[name].user == u {
			delete(d.logins, name)
		}
	}
	key := address.Fold(u.Email)
	delete(d.byEmail[key], u.ID)
	if len(d.byEmail[key]) == 0 {
		delete(d.byEmail, key)
	}
}

// loginNames are a user's, with the places of the identities that have them.
func loginNames(u *user) map[loginName]int {
	out := map[loginName]int{}
	for place := range max(len(u.Identities), 1) {
		if own := u.account(place); own != nil {
			for _, name := range own.ownLoginNames() {
				if _, ok := out[name]; !ok { // of two alike the first signs in
					out[name] = place
				}
			}
		}
	}
	return out
}

func (u *user) ownLoginNames() []loginName {
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
	return slices.DeleteFunc(d.withFoldedEmail(email), func(u *user) bool { return u.Email != email })
}

// withFoldedEmail returns the users with an address, in any case, oldest first.
func (d *directory) withFoldedEmail(email string) []*user {
	users := maps.Values(d.byEmail[address.Fold(email)])
	return slices.SortedFunc(users, func(a, b *user) int { return a.seq - b.seq })
}

// login finds who signs in to a connection with an address, a user name or a phone number.
func (d *directory) login(connection, name string) (login, bool) {
	for _, kind := range []string{"email", "username", "phone"} {
		if l, ok := d.logins[loginName{connection, kind, address.Fold(name)}]; ok {
			return l, true
		}
	}
	return login{}, false
}

// owner finds the account that an identity belongs to, as its own or a linked one.
func (d *directory) owner(provider, id string) (*user, bool) {
	for _, u := range d.byID {
		if slices.ContainsFunc(u.Identities, func(i identity) bool { return i.Provider == provider && i.UserID == id }) {
			return u, true
		}
	}
	return nil, false
}
