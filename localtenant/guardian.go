package localtenant

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// enrollment is a factor as the Guardian part of the API shows it; authMethod and
// kind name the same thing in its two vocabularies.
func (f *factor) enrollment() map[string]any {
	kind := map[string]string{"totp": "authenticator", "phone": "sms", "push": "guardian"}[f.Type]
	doc := map[string]any{
		"id": f.ID, "status": map[bool]string{true: "confirmed", false: "pending"}[f.Confirmed],
		"type": cmp.Or(kind, f.Type), "enrolled_at": f.CreatedAt.Format(timeFormat),
	}
	switch f.Type {
	case "totp", "phone", "push":
		doc["auth_method"] = kind
	case "webauthn-roaming":
		doc["auth_method"] = f.Type
	}
	if f.Name != "" {
		doc["name"] = f.Name
	}
	if f.Phone != "" {
		doc["phone_number"] = maskPhone(f.Phone)
	}
	if !f.LastAuth.IsZero() {
		doc["last_auth"] = f.LastAuth.Format(timeFormat)
	}
	return doc
}

// listEnrollments serves GET /api/v2/users/{id}/enrollments.
func (t *Tenant) listEnrollments(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, ok := t.users.get(id); !ok {
		return userNotFound()
	}
	items := []map[string]any{}
	for _, f := range t.factors[id] {
		if f.Type != "email" && f.Type != "passkey" { // those are no Guardian enrollments
			items = append(items, f.enrollment())
		}
	}
	return writeJSON(w, http.StatusOK, items)
}

func enrollmentNotFound() error {
	return newAPIError(http.StatusNotFound, "enrollment_not_found", "Enrollment not found")
}

// getEnrollment serves GET /api/v2/guardian/enrollments/{id}.
func (t *Tenant) getEnrollment(w http.ResponseWriter, r *http.Request) error {
	_, f := t.factorWithDevice(r.PathValue("id"))
	if f == nil {
		return enrollmentNotFound()
	}
	doc := f.enrollment()
	delete(doc, "auth_method")
	delete(doc, "type")
	delete(doc, "name") // here it is a phone number, says the description
	return writeJSON(w, http.StatusOK, doc)
}

// deleteEnrollment serves DELETE /api/v2/guardian/enrollments/{id}.
func (t *Tenant) deleteEnrollment(w http.ResponseWriter, r *http.Request) error {
	user, f := t.factorWithDevice(r.PathValue("id"))
	if f == nil {
		return enrollmentNotFound()
	}
	t.removeFactors(user, func(x *factor) bool { return x == f })
	return noContent(w)
}

// createEnrollmentTicket serves POST /api/v2/guardian/enrollments/ticket.
func (t *Tenant) createEnrollmentTicket(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		UserID   string `json:"user_id"`
		Email    string `json:"email"`
		SendMail bool   `json:"send_mail"`
		Multiple bool   `json:"allow_multiple_enrollments"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	u, ok := t.users.get(in.UserID)
	if !ok {
		return userNotFound()
	}
	if len(t.factors[u.ID]) > 0 && !in.Multiple {
		return badRequest("enrollment_conflict", "The user is already enrolled")
	}
	if in.SendMail && cmp.Or(in.Email, u.Email) == "" {
		return badRequest("invalid_body", "The user does not have an email address.")
	}
	link := t.newTicket(ticket{kind: "enrol", userID: u.ID, expires: t.now().Add(ticketTTL)}, "/mfa/enrollment")
	link = strings.TrimSuffix(link, "#")
	if in.SendMail {
		t.send(Mail{To: cmp.Or(in.Email, u.Email), Kind: "enrollment_email", Subject: "Enroll your account", Link: link})
	}
	parsed, err := url.Parse(link)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"ticket_id": parsed.Query().Get("ticket"), "ticket_url": link})
}

// deleteMultifactor serves DELETE /api/v2/users/{id}/multifactor/{provider}.
func (t *Tenant) deleteMultifactor(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, ok := t.users.get(id); !ok {
		return userNotFound()
	}
	// Duo's enrollments are with Duo; there is nothing of them here to remove.
	if r.PathValue("provider") == "google-authenticator" {
		t.removeFactors(id, func(f *factor) bool { return f.Type == "totp" })
	}
	return noContent(w)
}

// forgetBrowsers serves POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser.
func (t *Tenant) forgetBrowsers(w http.ResponseWriter, _ *http.Request) error {
	return noContent(w) // no browser is remembered: every challenge is asked
}

// regenerateRecoveryCode serves POST /api/v2/users/{id}/recovery-code-regeneration.
func (t *Tenant) regenerateRecoveryCode(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, ok := t.users.get(id); !ok {
		return userNotFound()
	}
	if len(t.factors[id]) == 0 {
		return enrollmentNotFound()
	}
	t.recovery[id] = newRecoveryCode()
	return writeJSON(w, http.StatusOK, map[string]any{"recovery_code": t.recovery[id]})
}

func newRecoveryCode() string { return strings.ToUpper(randomID(24)) }
