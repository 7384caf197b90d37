package web

import (
	"net/http"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// section is a part of a user's page, with a separate address. A page reads one section only.
type section struct {
	Name, Title string // the profile has no name in the path
	group       policy.Group
	template    string
	read        func(s *Site, r *http.Request, v visit, t target) any
}

var sections = []section{
	{"", "Profile", policy.Read, "profile", (*Site).readProfile},
	{"history", "History", policy.Support, "history", (*Site).readHistory},
	{"factors", "Second factors", policy.MFA, "factors", (*Site).readFactors},
	{"sessions", "Sessions", policy.Sessions, "sessions", (*Site).readSessions},
	{"identities", "Linked accounts", policy.Identities, "identities", (*Site).readIdentities},
	{"roles", "Roles", policy.Roles, "roles", (*Site).readRoles},
	{"metadata", "Metadata", policy.Metadata, "metadata", (*Site).readMetadata},
	{"app-metadata", "Company metadata", policy.AppMetadata, "metadata", (*Site).readAppMetadata},
	{"edit", "Edit", policy.Manage, "edit", (*Site).readEdit},
}

// userPage is the data of a page about a user.
type userPage struct {
	User     usher.User
	Self     bool
	Above    string // why actions are missing
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
	case page.Self:
		page.Above = "This is your own account. You can end its sessions. A colleague has to do everything else."
	case t.rolesErr != nil:
		page.Above = "The roles of this user cannot be read at the moment, so no action is offered."
	case !v.person.Groups.HasAll(t.groups):
		page.Above = "This user is a member of staff with permissions that you do not have, so no action is offered."
	}
	return page
}

// Path returns the address of a section or an action of this user.
func (p userPage) Path(name string) string {
	if name == "" {
		return usher.Path("users", p.User.ID)
	}
	return usher.Path("users", p.User.ID, name)
}

// showSection serves a section of a user.
func (s *Site) showSection(one section) handler {
	return s.onUser(func(w http.ResponseWriter, r *http.Request, v visit, t target) {
		if !v.person.Groups.Has(one.group) {
			s.fail(w, r, http.StatusForbidden, notice{Text: "Your role does not let you see this.", Cure: "Ask an administrator."})
			return
		}
		s.show(w, r, http.StatusOK, one.template, titleOf(t.User, one.Title), newUserPage(v, t, one.Name, one.read(s, r, v, t)))
	})
}

// failure explains why a section cannot be shown; nil for no error.
func (s *Site) failure(err error) *notice {
	if err == nil {
		return nil
	}
	s.logCall(err)
	n := explainRead(err)
	n.Kind = "bad"
	return &n
}

// titleOf names a user's page, so that each has another title.
func titleOf(u usher.User, section string) string { return u.Label() + " · " + section }

// sectionTitle returns the title of a section by its name.
func sectionTitle(name string) string {
	for _, one := range sections {
		if one.Name == name {
			return one.Title
		}
	}
	return ""
}

// profileBody is the data of the profile, which is read with the user.
type profileBody struct {
	Keys     []string // for the forms that may be sent once
	Confirm  string   // to type before a deletion
	Password bool     // whether the user may have a password
	Mail     bool     // whether a link to set it can be mailed
}

func (s *Site) readProfile(_ *http.Request, v visit, t target) any {
	body := profileBody{Confirm: confirmation(t.User), Password: mayHavePassword(t.User), Mail: mailConnection(t.User) != ""}
	for range 4 {
		body.Keys = append(body.Keys, v.session.Key())
	}
	return body
}
