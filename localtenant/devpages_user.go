package localtenant

import (
	"net/http"
	"slices"

	"usher/localtenant/devpages"
)

// userPart is what a user has beside the record.
type userPart struct {
	Title, Empty string
	Items        []map[string]any
}

// userPage has the ID in its query: an ID may be any text, and a path cannot be ".".
func (t *Tenant) userPage() devPage {
	return devPage{name: "user", template: "user", title: "User", data: t.userData}
}

func (t *Tenant) userData(r *http.Request) (any, error) {
	u, ok := t.users.get(r.URL.Query().Get("id"))
	if !ok {
		return nil, userNotFound()
	}
	lines, pager := devpages.Paginate(t.shownLines(func(e event) bool { return e.user != nil && e.user.ID == u.ID }), r.URL.Query())
	return struct {
		shownUser
		Record  map[string]any
		Parts   []userPart
		Caption string
		Lines   []shownLine
		Pager   devpages.Pager
	}{t.shownUser(u), u.document(), t.userParts(u), "The user's lines, newest first", lines, pager}, nil
}

func (t *Tenant) userParts(u *user) []userPart {
	var sessions []*session
	for _, s := range t.sessions {
		if s.userID == u.ID && t.now().Before(s.expires()) {
			sessions = append(sessions, s)
		}
	}
	slices.SortFunc(sessions, func(a, b *session) int { return a.created.Compare(b.created) })
	return []userPart{
		{"Roles", "The user has no roles.", documents(t.roles, func(r *role) bool { return slices.Contains(r.members, u.ID) })},
		{"Second factors", "The user has no second factors.", documents(t.factors[u.ID], every)},
		{"Sessions", "The user is signed in nowhere.", documents(sessions, every)},
		{"Refresh tokens", "The user has no refresh tokens.", t.refreshTokens(func(rt *refreshToken) bool { return rt.grant.userID == u.ID })},
		{"Blocks after wrong passwords", "No address is blocked.", t.blockList(u)["blocked_for"].([]map[string]any)},
	}
}
