package web

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/session"
	"usher/cmd/internal/console/usher"
)

// action is a change of one user. Its form is sent to /users/{id}/NAME.
type action struct {
	name    string
	group   policy.Group // that the person needs
	self    bool         // whether a person may do it to their own account
	once    bool         // whether the form has a key, so that a reload does not repeat it
	section string       // where the result is told
	run     func(s *Site, c change) (outcome, error)
}

// change is a permitted action under way.
type change struct {
	r       *http.Request
	session *session.Session
	person  person
	target  target
}

// outcome is the result of an action.
type outcome struct {
	notice
	once   *credential // is shown in the response, and never again
	to     string      // the address of the next page; "" for the action's section
	page   string      // a template in place of the next page, with data and status
	data   any
	status int // 0 for 200
}

// refused is an error for what the person may not do.
type refused struct{ why string }

func (e *refused) Error() string { return e.why }

// notBegun is an error of a call before the change itself.
type notBegun struct{ error }

func (e *notBegun) Unwrap() error { return e.error }

// credential is what a person passes on to the user.
type credential struct {
	What      string // for example "Link to set a password"
	Value     string
	ExpiresAt time.Time
	Advice    string
}

// call calls Usher in the name of the person.
func (c change) call(s *Site, method, path string, body any) (usher.Answer, error) {
	return s.Usher.Do(c.r.Context(), usher.Call{Method: method, Path: path, Body: body, Actor: c.person.User.ID})
}

// good is the outcome of a complete change.
func good(got usher.Answer, text string) outcome {
	return outcome{notice: notice{Kind: "good", Text: text, RequestID: got.RequestID}}
}

// actions lists all actions on a user.
func actions() []action {
	return []action{
		{name: "block", group: policy.Support, run: block},
		{name: "unblock", group: policy.Support, run: unblock},
		{name: "lift-login-blocks", group: policy.Support, section: "history", run: liftLoginBlocks},
		{name: "password-mail", group: policy.Recovery, once: true, run: mailPassword},
		{name: "password-link", group: policy.Recovery, once: true, run: linkPassword},
		{name: "verification-mail", group: policy.Recovery, once: true, run: mailVerification},
		{name: "verification-link", group: policy.Recovery, once: true, run: linkVerification},
		{name: "remove-factor", group: policy.MFA, section: "factors", run: removeFactor},
		{name: "remove-factors", group: policy.MFA, section: "factors", run: removeFactors},
		{name: "recovery-code", group: policy.MFA, once: true, section: "factors", run: newRecoveryCode},
		{name: "end-session", group: policy.Sessions, self: true, section: "sessions", run: endSession},
		{name: "edit", group: policy.Manage, section: "edit", run: editProfile},
		{name: "delete", group: policy.Manage, run: deleteUser},
		{name: "set-roles", group: policy.Roles, section: "roles", run: setRoles},
		{name: "save-metadata", group: policy.Metadata, section: "metadata", run: userMetadata.save},
		{name: "save-app-metadata", group: policy.AppMetadata, section: "app-metadata", run: companyMetadata.save},
		{name: "end-sessions", group: policy.Sessions, self: true, section: "sessions", run: endSessions},
	}
}

// change serves the form of an action. It reads the person and the user again, whatever the
// page with the form showed.
func (s *Site) change(a action) http.HandlerFunc {
	onUser := s.onUser(func(w http.ResponseWriter, r *http.Request, v visit, t target) {
		if why := refusal(v.person, t, a); why != "" {
			s.Log.Warn("action refused", "action", a.name, "actor", loggedID(v.person.User.ID), "user", loggedID(t.User.ID))
			s.fail(w, r, http.StatusForbidden, notice{Text: why + " Nothing was done."})
			return
		}
		if a.once && !v.session.Take(r.PostForm.Get("key")) {
			s.fail(w, r, http.StatusConflict, notice{Text: "This form was already sent or is too old, so nothing was done now.", Cure: "Load the user's page again to repeat it."})
			return
		}
		done, err := a.run(s, change{r, v.session, v.person, t})
		if no, ok := errors.AsType[*refused](err); ok {
			s.fail(w, r, http.StatusForbidden, notice{Text: no.why + " Nothing was done."})
			return
		}
		if err != nil {
			s.logCall(err)
			done = outcome{notice: explain(err)}
			if _, before := errors.AsType[*notBegun](err); before {
				done.notice = explainRead(err)
				done.Text += " Nothing was done."
			}
			done.Kind = "bad"
		}
		s.tell(w, r, v, t, a, done)
	})
	return s.signedIn(onUser, true)
}

// tell answers with the result. A credential is in this response only: the next page, the
// history and a reload do not have it.
func (s *Site) tell(w http.ResponseWriter, r *http.Request, v visit, t target, a action, done outcome) {
	switch {
	case done.once != nil:
		s.tellOn(v.session, r.URL.EscapedPath(), done.notice)
		s.show(w, r, http.StatusOK, "once", titleOf(t.User, done.once.What), newUserPage(v, t, a.section, done.once))
	case done.page != "":
		s.show(w, r, cmp.Or(done.status, http.StatusOK), done.page, titleOf(t.User, sectionTitle(a.section)), newUserPage(v, t, a.section, done.data))
	default:
		to := cmp.Or(done.to, newUserPage(v, t, "", nil).Path(a.section))
		s.tellOn(v.session, to, done.notice)
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}
