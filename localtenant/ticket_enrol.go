package localtenant

import "net/http"

// ticketEnrolPage serves an enrolment ticket's link, outside any sign-in.
func (t *Tenant) ticketEnrolPage(w http.ResponseWriter, r *http.Request) error {
	id, k, ok := t.redeemable(r, "enrol")
	u, found := t.users.get(ticketUserID(k))
	if !ok || !found {
		return linkEnded()
	}
	if k.enrolling == nil {
		k.enrolling = t.newFactor("totp")
		k.enrolling.Secret = newTOTPSecret()
	}
	return t.showEnrol(w, http.StatusOK, "/mfa/enrollment", "ticket", id, "", k.enrolling, u, "")
}

// ticketEnrol takes the first code and uses the ticket up.
func (t *Tenant) ticketEnrol(w http.ResponseWriter, r *http.Request) error {
	id, k, ok := t.redeemable(r, "enrol")
	u, found := t.users.get(ticketUserID(k))
	if !ok || !found || k.enrolling == nil {
		return linkEnded()
	}
	if !k.enrolling.accepts(r.PostFormValue("code"), t.now()) {
		return t.showEnrol(w, http.StatusBadRequest, "/mfa/enrollment", "ticket", id, "", k.enrolling, u, wrongFirstCode)
	}
	delete(t.tickets, id)
	t.addFactor(r, u, k.enrolling)
	return t.pages.render(w, http.StatusOK, "message", "", map[string]any{
		"Title": "Keep this recovery code", "Secret": t.recovery[u.ID],
		"Message": "If you ever have to sign in without your device, you will need this code. Write it down and keep it safe.",
	})
}
