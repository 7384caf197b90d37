package web

import (
	"net/http"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// section is a part of a user's page, with a separate address.
type section struct {
	Name, Title string // the profile has no name in the path
	group       policy.Group
}

var sections = []section{
	{"", "Profile", policy.Read},
}

// userPage is the data of a page about a user.
type userPage struct {
	User     usher.User
	Self     bool
	Above    string // why no action is possible because of the user's roles
	Sections []section
	Section  string
	Offers   map[string]bool
	Body     any
}

func newUserPage(v visit, t target, current string, body any) userPage {
	page := userPage{
		User: t.User, Self: t.User.ID == v.person.User.ID, Section: current, Offers: offers(v.person, t), Body: body,
	}
	for _, one := range sections {
		if v.person.Groups.Has(one.group) {
			page.Sections = append(page.Sections, one)
		}
	}
	switch {
	case t.rolesErr != nil:
		page.Above = "The roles of this user cannot be read at the moment, so no action is offered."
	case page.Self:
		page.Above = "This is your own account. A colleague has to change it."
	case !v.person.Groups.HasAll(t.groups):
		page.Above = "This user is a member of staff with permissions that you do not have, so no action is offered."
	}
	return page
}

// Path returns the address of a section of this user.
func (p userPage) Path(name string) string {
	if name == "" {
		return usher.Path("users", p.User.ID)
	}
	return usher.Path("users", p.User.ID, name)
}

// showProfile serves GET /users/{id}.
func (s *Site) showProfile(w http.ResponseWriter, r *http.Request, v visit, t target) {
	s.show(w, r, http.StatusOK, "profile", t.User.Label(), newUserPage(v, t, "", nil))
}
