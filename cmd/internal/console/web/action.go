package web

import (
	"net/http"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// action is a change of one user. Its form is sent to /users/{id}/NAME.
type action struct {
	name  string
	group policy.Group // that the person needs
	self  bool         // whether a person may do it to their own account
	run   func(s *Site, c change) (notice, error)
}

// change is a permitted action under way.
type change struct {
	r      *http.Request
	person person
	target target
}

// call calls Usher in the name of the person.
func (c change) call(s *Site, method, path string, body any) (usher.Answer, error) {
	return s.Usher.Do(c.r.Context(), usher.Call{Method: method, Path: path, Body: body, Actor: c.person.User.ID})
}

// actions lists all actions on a user.
func actions() []action {
	return []action{
		{name: "block", group: policy.Support, run: block},
		{name: "unblock", group: policy.Support, run: unblock},
	}
}

// change serves the form of an action. It reads the person and the user again, whatever the
// page with the form showed.
func (s *Site) change(a action) http.HandlerFunc {
	onUser := s.onUser(func(w http.ResponseWriter, r *http.Request, v visit, t target) {
		if why := refusal(v.person, t, a); why != "" {
			s.Log.Warn("action refused", "action", a.name, "actor", v.person.User.ID, "user", t.User.ID)
			s.fail(w, r, http.StatusForbidden, notice{Text: why + " Nothing was done."})
			return
		}
		told, err := a.run(s, change{r, v.person, t})
		if err != nil {
			s.logCall(err)
			told = explain(err)
			told.Kind = "bad"
		}
		v.session.Tell(told)
		http.Redirect(w, r, usher.Path("users", t.User.ID), http.StatusSeeOther)
	})
	return s.signedIn(onUser, true)
}
