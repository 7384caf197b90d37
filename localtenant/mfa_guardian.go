package localtenant

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// guardianFactors are the kinds of second factor that a tenant can switch on, in
// the order in which Auth0 lists them.
var guardianFactors = []string{
	"sms", "push-notification", "otp", "email", "duo", "webauthn-roaming", "webauthn-platform", "recovery-code",
}

// listGuardianFactors serves GET /api/v2/guardian/factors.
func (t *Tenant) listGuardianFactors(w http.ResponseWriter, _ *http.Request) error {
	factors := []map[string]any{}
	for _, name := range guardianFactors {
		enabled := slices.Contains(t.settings.Factors, name)
		factors = append(factors, map[string]any{"name": name, "enabled": enabled, "trial_expired": false})
	}
	return writeJSON(w, http.StatusOK, factors)
}

// enrollment is a factor as the Guardian part of the API shows it. Its auth_method and
// type name the same thing in two vocabularies.
type enrollment struct{ *factor }

func (e enrollment) document() map[string]any {
	kind := map[string]string{"totp": "authenticator", "phone": "sms", "push": "guardian"}[e.Type]
	doc := map[string]any{
		"id": e.ID, "status": map[bool]string{true: "confirmed", false: "pending"}[e.Confirmed],
		"type": cmp.Or(kind, e.Type), "enrolled_at": e.CreatedAt.Format(timeFormat),
	}
	if e.Type == "webauthn-roaming" {
		kind = e.Type
	}
	addTexts(doc, map[string]string{"auth_method": kind, "name": e.Name, "phone_number": maskPhone(e.Phone)})
	if !e.LastAuth.IsZero() {
		doc["last_auth"] = e.LastAuth.Format(timeFormat)
	}
	return doc
}

// listEnrollments serves GET /api/v2/users/{id}/enrollments.
func (t *Tenant) listEnrollments(w http.ResponseWriter, _ *http.Request, u *user) error {
	items := []map[string]any{}
	for _, f := range t.factors[u.ID] {
		if f.Type != "email" && f.Type != "passkey" { // those are no Guardian enrollments
			items = append(items, enrollment{f}.document())
		}
	}
	return writeJSON(w, http.StatusOK, items)
}

func enrollmentNotFound() error {
	return newAPIError(http.StatusNotFound, "enrollment_not_found", "Enrollment not found")
}

// enrollment finds the factor that a path names, among all users.
func (t *Tenant) enrollment(r *http.Request) (enrollment, error) {
	id := r.PathValue("id")
	if _, device, ok := strings.Cut(id, "|"); ok {
		id = device
	}
	for _, list := range t.factors {
		for _, f := range list {
			if f.ID == id {
				return enrollment{f}, nil
			}
		}
	}
	return enrollment{}, enrollmentNotFound()
}

// getEnrollment serves GET /api/v2/guardian/enrollments/{id}.
func (t *Tenant) getEnrollment(w http.ResponseWriter, _ *http.Request, e enrollment) error {
	doc := e.document()
	delete(doc, "auth_method")
	delete(doc, "type")
	delete(doc, "name") // here it is a phone number, says the description
	return writeJSON(w, http.StatusOK, doc)
}

// deleteEnrollment serves DELETE /api/v2/guardian/enrollments/{id}.
func (t *Tenant) deleteEnrollment(w http.ResponseWriter, _ *http.Request, e enrollment) error {
	for userID, list := range t.factors {
		if slices.Contains(list, e.factor) {
			t.removeFactors(userID, func(f *factor) bool { return f == e.factor })
		}
	}
	return noContent(w)
}

type enrollmentFields struct {
	UserID   string `json:"user_id"`
	Email    string `json:"email"`
	SendMail bool   `json:"send_mail"`
	Multiple bool   `json:"allow_multiple_enrollments"`
}

// createEnrollmentTicket serves POST /api/v2/guardian/enrollments/ticket.
func (t *Tenant) createEnrollmentTicket(w http.ResponseWriter, _ *http.Request, in enrollmentFields) error {
	u, ok := t.users.get(in.UserID)
	if !ok {
		return userNotFound()
	}
	if len(t.factors[u.ID]) > 0 && !in.Multiple {
		return badRequest("enrollment_conflict", "The user is already enrolled")
	}
	to := cmp.Or(in.Email, u.Email)
	if in.SendMail && to == "" {
		return userWithoutEmail()
	}
	link := t.newTicket(ticketFields{}.ticket("enrol", u, t.now()), "/mfa/enrollment")
	link = strings.TrimSuffix(link, "#")
	if in.SendMail {
		t.send(Mail{To: to, Kind: "enrollment_email", Subject: "Enroll your account", Link: link})
	}
	_, id, _ := strings.Cut(link, "?ticket=")
	return writeJSON(w, http.StatusOK, map[string]any{"ticket_id": id, "ticket_url": link})
}

// deleteMultifactor serves DELETE /api/v2/users/{id}/multifactor/{provider}.
func (t *Tenant) deleteMultifactor(w http.ResponseWriter, r *http.Request, u *user) error {
	// Duo's enrollments are with Duo; there is nothing of them here to remove.
	if r.PathValue("provider") == "google-authenticator" {
		t.removeFactors(u.ID, func(f *factor) bool { return f.Type == "totp" })
	}
	return noContent(w)
}

// forgetBrowsers serves POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser.
func (t *Tenant) forgetBrowsers(w http.ResponseWriter, _ *http.Request) error {
	return noContent(w) // no browser is remembered: every challenge is asked
}

// regenerateRecoveryCode serves POST /api/v2/users/{id}/recovery-code-regeneration.
func (t *Tenant) regenerateRecoveryCode(w http.ResponseWriter, _ *http.Request, u *user) error {
	if len(t.factors[u.ID]) == 0 {
		return enrollmentNotFound()
	}
	t.recovery[u.ID] = newRecoveryCode()
	return writeJSON(w, http.StatusOK, map[string]any{"recovery_code": t.recovery[u.ID]})
}

func newRecoveryCode() string { return strings.ToUpper(randomID(24)) }
