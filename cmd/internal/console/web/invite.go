package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// inviteBody is the data of the page that invites a user.
type inviteBody struct {
	Fields  []field
	How     string // email or link
	Key     string
	Failure *notice
}

func inviteFields() []field {
	return []field{
		{Name: "email", Label: "Email address", Type: "email"},
		{Name: "name", Label: "Name (optional)", Type: "text"},
		{Name: "given_name", Label: "Given name (optional)", Type: "text"},
		{Name: "family_name", Label: "Family name (optional)", Type: "text"},
		{Name: "connection", Label: "Connection (optional: the usual one)", Type: "text"},
	}
}

// mayInvite answers those whose role does not let them create users.
func (s *Site) mayInvite(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		if !v.person.Groups.Has(policy.Manage) {
			s.fail(w, r, http.StatusForbidden, notice{Text: "Your role does not let you invite users. Nothing was done."})
			return
		}
		h(w, r, v)
	}
}

// inviteForm serves GET /invite.
func (s *Site) inviteForm(w http.ResponseWriter, r *http.Request, v visit) {
	s.show(w, r, http.StatusOK, "invite", "Invite a user", inviteBody{Fields: inviteFields(), How: "email", Key: v.session.Key()})
}

// invite serves POST /invite. The form's key makes Usher create one user, however often it is sent.
func (s *Site) invite(w http.ResponseWriter, r *http.Request, v visit) {
	key := r.PostForm.Get("key")
	if !v.session.Take(key) {
		s.fail(w, r, http.StatusConflict, notice{Text: "This form was already sent, so nothing was done now.", Cure: "Load the form again to invite another user."})
		return
	}
	body := inviteBody{Fields: inviteFields(), How: "email"}
	in := map[string]any{}
	for i, f := range body.Fields {
		body.Fields[i].Value = strings.TrimSpace(r.PostForm.Get(f.Name))
		if body.Fields[i].Value != "" {
			in[f.Name] = body.Fields[i].Value
		}
	}
	if r.PostForm.Get("how") == "link" {
		body.How = "link"
	}
	in["invite"] = body.How
	got, err := s.Usher.Do(r.Context(), usher.Call{
		Method: http.MethodPost, Path: "/users", Body: in, Actor: v.person.User.ID, Header: http.Header{"Idempotency-Key": {key}},
	})
	made, err := usher.As[usher.Created](got, err)
	if err != nil {
		s.inviteAgain(w, r, v, body, key, err)
		return
	}
	s.invited(w, r, v, got, made)
}

// inviteAgain shows the form with the typed values. It keeps the key where the user may exist.
func (s *Site) inviteAgain(w http.ResponseWriter, r *http.Request, v visit, body inviteBody, key string, err error) {
	s.logCall(err)
	p, ok := errors.AsType[*usher.Problem](err)
	if refused := ok && p.Status < http.StatusInternalServerError && p.Code != "partly-updated" && p.Status != http.StatusTooManyRequests; refused {
		body.Key, body.Failure = v.session.Key(), faultyForm(p, body.Fields)
	} else {
		v.session.Return(key)
		n := explain(err)
		n.Kind, n.Focus = "bad", true
		body.Key, body.Failure = key, &n
	}
	s.show(w, r, statusOf(err), "invite", "Invite a user", body)
}

// invited tells the result. It reads the user before it shows a link: a repeated form could be
// about a user who got roles in the meantime.
func (s *Site) invited(w http.ResponseWriter, r *http.Request, v visit, got usher.Answer, made usher.Created) {
	if made.Invitation == nil {
		to := usher.Path("users", made.ID)
		s.tellOn(v.session, to, notice{Kind: "good", Text: "The user is created, and the provider mails the invitation to " + made.Email + ".", RequestID: got.RequestID})
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	t, err := s.readTarget(context.WithoutCancel(r.Context()), v.person, made.ID)
	if err != nil {
		s.logCall(err)
		n := explainRead(err)
		n.Text = "The user is created. The link is not shown, because the user cannot be read at the moment. " + n.Text
		n.Cure = "Find the user, and make a new link."
		s.fail(w, r, statusOf(err), n)
		return
	}
	if why := refusal(v.person, t, action{group: policy.Manage}); why != "" {
		s.fail(w, r, http.StatusForbidden, notice{Text: why + " The link is not shown.", RequestID: got.RequestID})
		return
	}
	s.tellOn(v.session, r.URL.EscapedPath(), notice{Kind: "good", Text: "The user is created. The link is shown only now.", RequestID: got.RequestID})
	s.show(w, r, http.StatusOK, "once", titleOf(t.User, "Invitation"), newUserPage(v, t, "", &credential{
		What: "Invitation: a link to set a password", Value: made.Invitation.URL, ExpiresAt: made.Invitation.ExpiresAt,
		Advice: "This link gives its holder the account. Pass it on to the user only.",
	}))
}
