package localtenant

import (
	"cmp"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
)

// acrMFA is the authentication context that asks for a second factor.
const acrMFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// wantsMFA reports whether a sign-in needs a second factor.
func (t *Tenant) wantsMFA(tx *transaction) bool {
	asked := t.settings.MFAAction == MFAActionBound && slices.Contains(tx.acr, acrMFA)
	return t.settings.MFA == MFAAlways || t.settings.MFA == MFARequested && asked
}

// wantsFactorOf reports whether a user with a session must give a second factor. A
// request asks each time, as the Action in deploy/auth0 has it; the policy is
// content with a session that has seen one.
func (t *Tenant) wantsFactorOf(tx *transaction, s *session) bool {
	return t.wantsMFA(tx) && (t.settings.MFA == MFARequested || !slices.Contains(s.methods, "mfa"))
}

// totpFactor is the authenticator app that a user has enrolled.
func (t *Tenant) totpFactor(userID string) *factor {
	for _, f := range t.factors[userID] {
		if f.Type == "totp" && f.Confirmed && f.Secret != "" {
			return f
		}
	}
	return nil
}

// askFactor goes to the page for the second factor. The user of the first factor is in the
// transaction, which only this browser can use.
func (t *Tenant) askFactor(w http.ResponseWriter, r *http.Request, tx *transaction, u *user) error {
	tx.pending = u.ID
	if t.totpFactor(u.ID) == nil {
		return goTo(w, r, tx.link("/u/mfa-otp-enrollment"))
	}
	return goTo(w, r, tx.link("/u/mfa-otp-challenge"))
}

// secondStep is a sign-in of a user who has yet to give the second factor.
type secondStep struct {
	*transaction
	user *user
}

func (t *Tenant) secondStep(r *http.Request) (secondStep, error) {
	tx, err := t.transaction(r)
	if err != nil {
		return secondStep{}, err
	}
	u, ok := t.users.get(tx.pending)
	if !ok {
		return secondStep{}, badPage("Sign in with your password first.")
	}
	return secondStep{tx, u}, nil
}

func (t *Tenant) challengePage(w http.ResponseWriter, _ *http.Request, step secondStep, problem string) error {
	return t.pages.show(w, "challenge", origin(step.redirectURI), map[string]any{
		"Title": "Verify your identity", "State": step.id, "Error": problem,
	})
}

// challenge checks the code of an authenticator app.
func (t *Tenant) challenge(w http.ResponseWriter, r *http.Request, step secondStep) error {
	u, ip := step.user, remoteIP(r)
	if t.blocks.blocked("mfa "+u.ID, ip) {
		return t.challengePage(w, r, step, "Too many wrong codes. Sign in again later.")
	}
	f := t.totpFactor(u.ID)
	if f == nil || !f.accepts(r.PostFormValue("code"), t.now()) {
		t.blocks.failed("mfa "+u.ID, ip) // six digits could be tried through
		t.record(r, eventMFAFailed, u, "", "Wrong code")
		return t.challengePage(w, r, step, "That code is not right. Try the next one.")
	}
	t.blocks.succeeded("mfa "+u.ID, ip)
	t.record(r, eventMFA, u, "", "")
	return t.signedIn(w, r, step.transaction, u, []string{"mfa"})
}

func (t *Tenant) recoveryPage(w http.ResponseWriter, _ *http.Request, step secondStep, problem string) error {
	return t.pages.show(w, "recovery", origin(step.redirectURI), map[string]any{
		"Title": "Use your recovery code", "State": step.id, "Error": problem,
	})
}

// recover takes a recovery code, once, and shows the one that takes its place.
func (t *Tenant) recover(w http.ResponseWriter, r *http.Request, step secondStep) error {
	code := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("code")), " ", ""))
	want, ok := t.recovery[step.user.ID]
	if !ok || subtle.ConstantTimeCompare([]byte(want), []byte(code)) != 1 {
		t.record(r, eventMFAFailed, step.user, "", "Wrong recovery code")
		return t.recoveryPage(w, r, step, "That recovery code is not right.")
	}
	t.recovery[step.user.ID] = newRecoveryCode()
	t.record(r, eventMFA, step.user, "", "")
	return t.factorDone(w, r, step)
}

// factorDone signs a user in and shows the recovery code before going on.
func (t *Tenant) factorDone(w http.ResponseWriter, r *http.Request, step secondStep) error {
	t.startFor(w, r, step.transaction, step.user, []string{"mfa"})
	return t.showRecoveryCode(w, step.user, origin(step.redirectURI), step.link("/authorize/resume"))
}

func (t *Tenant) showRecoveryCode(w http.ResponseWriter, u *user, target, link string) error {
	return t.pages.show(w, "message", target, map[string]any{
		"Title": "Keep this recovery code", "Secret": t.recovery[u.ID], "Link": link, "LinkText": "Continue",
		"Message": "If you ever have to sign in without your device, you will need this code. " +
			"Write it down and keep it safe.",
	})
}

// enrolPage shows the QR code of an authenticator app's secret.
func (t *Tenant) enrolPage(w http.ResponseWriter, r *http.Request, step secondStep) error {
	if t.totpFactor(step.user.ID) != nil { // a user who has a factor must show it, not get another
		return t.askFactor(w, r, step.transaction, step.user)
	}
	step.enrolling = cmp.Or(step.enrolling, t.newTOTP())
	return t.showEnrol(w, step.enrolment(), "")
}

// enrol takes the first code of a new authenticator app.
func (t *Tenant) enrol(w http.ResponseWriter, r *http.Request, step secondStep) error {
	f := step.enrolling
	if f == nil || t.totpFactor(step.user.ID) != nil {
		return t.askFactor(w, r, step.transaction, step.user)
	}
	if !f.accepts(r.PostFormValue("code"), t.now()) {
		return t.showEnrol(w, step.enrolment(), wrongFirstCode)
	}
	step.enrolling = nil
	t.addFactor(r, step.user, f)
	return t.factorDone(w, r, step)
}

// ticketEnrolPage serves an enrolment ticket's link, outside any sign-in.
func (t *Tenant) ticketEnrolPage(w http.ResponseWriter, _ *http.Request, k redeemed) error {
	k.enrolling = cmp.Or(k.enrolling, t.newTOTP())
	return t.showEnrol(w, k.enrolment(), "")
}

// ticketEnrol takes the first code and uses the ticket up.
func (t *Tenant) ticketEnrol(w http.ResponseWriter, r *http.Request, k redeemed) error {
	if k.enrolling == nil {
		return linkEnded()
	}
	if !k.enrolling.accepts(r.PostFormValue("code"), t.now()) {
		return t.showEnrol(w, k.enrolment(), wrongFirstCode)
	}
	delete(t.tickets, k.id)
	t.addFactor(r, k.user, k.enrolling)
	return t.showRecoveryCode(w, k.user, "", "")
}

const wrongFirstCode = "That code is not right. Enter the one that the app shows now."

// enrolment is an authenticator app to enrol, and the form for its first code.
type enrolment struct {
	action, name, value string // of the form, and of its hidden field
	target              string
	factor              *factor
	user                *user
}

func (step secondStep) enrolment() enrolment {
	return enrolment{"/u/mfa-otp-enrollment", "state", step.id, origin(step.redirectURI), step.enrolling, step.user}
}

func (k redeemed) enrolment() enrolment {
	return enrolment{"/mfa/enrollment", "ticket", k.id, "", k.enrolling, k.user}
}

func (t *Tenant) showEnrol(w http.ResponseWriter, e enrolment, problem string) error {
	code, err := qrCode(e.factor.keyURI(cmp.Or(e.user.identifier(), e.user.ID)))
	if err != nil {
		return err
	}
	return t.pages.show(w, "enrol", e.target, map[string]any{
		"Title": "Secure your account", "Action": e.action, "Name": e.name, "Value": e.value, "Error": problem,
		"Secret": e.factor.Secret, "QR": code,
	})
}

func (t *Tenant) addFactor(r *http.Request, u *user, f *factor) {
	t.factors[u.ID] = append(t.factors[u.ID], f)
	t.recovery[u.ID] = cmp.Or(t.recovery[u.ID], newRecoveryCode())
	t.record(r, eventEnrolled, u, "", "")
}
