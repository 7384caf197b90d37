package localtenant

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"usher/localtenant/devpages"
)

// userState is what is special about a user.
type userState struct {
	Text string
	Bad  bool
}

// shownUser is a user as a list shows it.
type shownUser struct {
	ID, Login, Name string
	Connections     []string
	States          []userState
	Created         string
}

func (t *Tenant) usersPage() devPage {
	return devPage{
		name: "users", template: "users", title: "Users", group: "Look", text: "All users with their whole records", data: t.usersData,
		forms: []devForm{{
			name: "add", title: "Add a user", text: "As an import does: no password policy applies.",
			button: "Add the user", done: "The user is added.", fields: t.newUserFields, do: strict(t.postUser),
		}},
	}
}

func (t *Tenant) newUserFields() []devpages.Field {
	var connections []string
	for _, c := range t.conns {
		connections = append(connections, c.Name)
	}
	return []devpages.Field{
		{Name: "email", Label: "Email address", Kind: devpages.Text, Optional: true},
		{Name: "username", Label: "User name", Kind: devpages.Text, Optional: true},
		{Name: "phone_number", Label: "Phone number", Hint: "Such as +14155550100", Kind: devpages.Text, Optional: true},
		{Name: "password", Label: "Password", Hint: "In clear, and for this tenant only", Kind: devpages.Text, Optional: true},
		{Name: "name", Label: "Name", Kind: devpages.Text, Optional: true},
		{Name: "connection", Label: "Connection", Kind: devpages.Choice, Options: choices(connections...)},
		{Name: "user_id", Label: "User ID", Hint: "Without one, the tenant makes it up", Kind: devpages.Text, Optional: true},
		{Name: "created_at", Label: "Created at", Hint: "Such as 2020-01-01T00:00:00Z; without it, now", Kind: devpages.Time, Optional: true},
		{Name: "email_verified", Label: "The address is verified", Kind: devpages.Check, Optional: true},
		{Name: "blocked", Label: "The user is blocked", Kind: devpages.Check, Optional: true},
		{Name: "user_metadata", Label: "User metadata", Hint: `JSON such as {"language": "en"}`, Kind: devpages.JSON, Optional: true},
		{Name: "app_metadata", Label: "App metadata", Hint: `JSON such as {"plan": "pro"}`, Kind: devpages.JSON, Optional: true},
	}
}

func (t *Tenant) usersData(r *http.Request) (any, error) {
	box := searchOf(r, "Search users", "A part of an ID, address, user name, phone number, name or connection")
	all := slices.SortedFunc(maps.Values(t.users.byID), func(a, b *user) int { return b.seq - a.seq })
	all = slices.DeleteFunc(all, func(u *user) bool { return !u.has(box.Query) })
	list, pager := devpages.Paginate(all, r.URL.Query())
	var users []shownUser
	for _, u := range list {
		users = append(users, t.shownUser(u))
	}
	return struct {
		Search searchBox
		Users  []shownUser
		Pager  devpages.Pager
	}{box, users, pager}, nil
}

// has reports whether a user has what was searched for in a field.
func (u *user) has(query string) bool {
	return contains(query, u.ID, u.Email, u.Username, u.PhoneNumber, u.Name, u.GivenName, u.FamilyName, u.Nickname) ||
		contains(query, u.connections()...)
}

func (u *user) connections() (names []string) {
	for _, i := range u.Identities {
		names = append(names, i.Connection)
	}
	return names
}

func (t *Tenant) shownUser(u *user) shownUser {
	shown := shownUser{
		ID: u.ID, Login: cmp.Or(u.identifier(), u.ID), Connections: u.connections(), Created: u.CreatedAt.Format(shownTime),
	}
	if u.Name != shown.Login {
		shown.Name = u.Name
	}
	if u.blocked() {
		shown.States = append(shown.States, userState{"blocked", true})
	}
	if len(t.blockList(u)["blocked_for"].([]map[string]any)) > 0 {
		shown.States = append(shown.States, userState{"blocked from an address", true})
	}
	if u.Email != "" && !u.EmailVerified {
		shown.States = append(shown.States, userState{"address not verified", false})
	}
	return shown
}
