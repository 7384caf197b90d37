package localtenant

import (
	"cmp"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// acrMFA is the authentication context that asks for a second factor.
const acrMFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// wantsMFA says whether a sign-in needs a second factor.
func (t *Tenant) wantsMFA(tx *transaction) bool {
	switch t.settings.MFA {
	case MFAAlways:
		return true
	case MFARequested:
		return t.settings.MFAAction == MFAActionBound && slices.Contains(tx.acr, acrMFA)
	}
	return false
}

// wantsFactorOf says whether one who has a session must give a second factor. A
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

// askFactor goes to the page for the second factor. The first one was given: who
// it is stands in the transaction, which only this browser can use.
func (t *Tenant) askFactor(w http.ResponseWriter, r *http.Request, tx *transaction, u *user) error {
	tx.pending = u.ID
	page := "/u/mfa-otp-enrollment"
	if t.totpFactor(u.ID) != nil {
		page = "/u/mfa-otp-challenge"
	}
	http.Redirect(w, r, page+"?state="+url.QueryEscape(tx.id), http.StatusFound)
	return nil
}

// pending finds the sign-in and the user who has yet to give the second factor.
func (t *Tenant) pending(r *http.Request) (*transaction, *user, error) {
	tx, err := t.transaction(r)
	if err != nil {
		return nil, nil, err
	}
	u, ok := t.users.get(tx.pending)
	if !ok {
		return nil, nil, newPageError(http.StatusBadRequest, "invalid_request", "Sign in with your password first.")
	}
	return tx, u, nil
}

func (t *Tenant) challengePage(w http.ResponseWriter, r *http.Request) error {
	tx, _, err := t.pending(r)
	if err != nil {
		return err
	}
	return t.showChallenge(w, http.StatusOK, tx, "")
}

func (t *Tenant) showChallenge(w http.ResponseWriter, status int, tx *transaction, problem string) error {
	return t.pages.render(w, status, "challenge", origin(tx.redirectURI), map[string]any{
		"Title": "Verify your identity", "State": tx.id, "Error": problem,
	})
}

// challenge checks the code of an authenticator app.
func (t *Tenant) challenge(w http.ResponseWriter, r *http.Request) error {
	tx, u, err := t.pending(r)
	if err != nil {
		return err
	}
	ip := remoteIP(r)
	if t.blocks.blocked("mfa "+u.ID, ip) {
		return t.showChallenge(w, http.StatusBadRequest, tx, "Too many wrong codes. Sign in again later.")
	}
	f := t.totpFactor(u.ID)
	if f == nil || !f.accepts(r.PostFormValue("code"), t.now()) {
		t.blocks.failed("mfa "+u.ID, ip) // six digits could be tried through
		t.record(r, eventMFAFailed, u, "", "Wrong code")
		return t.showChallenge(w, http.StatusBadRequest, tx, "That code is not right. Try the next one.")
	}
	t.blocks.succeeded("mfa "+u.ID, ip)
	t.record(r, eventMFA, u, "", "")
	return t.signedIn(w, r, tx, u, []string{"mfa"})
}

func (t *Tenant) recoveryPage(w http.ResponseWriter, r *http.Request) error {
	tx, _, err := t.pending(r)
	if err != nil {
		return err
	}
	return t.showRecovery(w, http.StatusOK, tx, "")
}

func (t *Tenant) showRecovery(w http.ResponseWriter, status int, tx *transaction, problem string) error {
	return t.pages.render(w, status, "recovery", origin(tx.redirectURI), map[string]any{
		"Title": "Use your recovery code", "State": tx.id, "Error": problem,
	})
}

// recover takes a recovery code, once, and shows the one that takes its place.
func (t *Tenant) recover(w http.ResponseWriter, r *http.Request) error {
	tx, u, err := t.pending(r)
	if err != nil {
		return err
	}
	code := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("code")), " ", ""))
	want, ok := t.recovery[u.ID]
	if !ok || subtle.ConstantTimeCompare([]byte(want), []byte(code)) != 1 {
		t.record(r, eventMFAFailed, u, "", "Wrong recovery code")
		return t.showRecovery(w, http.StatusBadRequest, tx, "That recovery code is not right.")
	}
	t.recovery[u.ID] = newRecoveryCode()
	t.record(r, eventMFA, u, "", "")
	return t.factorDone(w, r, tx, u)
}

// factorDone signs a user in and shows the recovery code before going on.
func (t *Tenant) factorDone(w http.ResponseWriter, r *http.Request, tx *transaction, u *user) error {
	t.startFor(w, r, tx, u, []string{"mfa"})
	return t.pages.render(w, http.StatusOK, "message", origin(tx.redirectURI), map[string]any{
		"Title": "Keep this recovery code", "Secret": t.recovery[u.ID],
		"Message": "If you ever have to sign in without your device, you will need this code. Write it down and keep it safe.",
		"Link":    "/authorize/resume?state=" + url.QueryEscape(tx.id), "LinkText": "Continue",
	})
}

// enrolPage shows the QR code of an authenticator app's secret.
func (t *Tenant) enrolPage(w http.ResponseWriter, r *http.Request) error {
	tx, u, err := t.pending(r)
	if err != nil {
		return err
	}
	if t.totpFactor(u.ID) != nil { // who has a factor must show it, not get another
		return t.askFactor(w, r, tx, u)
	}
	if tx.enrolling == nil {
		tx.enrolling = t.newFactor("totp")
		tx.enrolling.Secret = newTOTPSecret()
	}
	return t.showEnrol(w, http.StatusOK, "/u/mfa-otp-enrollment", "state", tx.id, origin(tx.redirectURI), tx.enrolling, u, "")
}

func (t *Tenant) showEnrol(w http.ResponseWriter, status int, action, name, value, target string, f *factor, u *user, problem string) error {
	account := cmp.Or(u.Email, u.Username, u.PhoneNumber, u.ID)
	code, err := qrCode(f.keyURI(account))
	if err != nil {
		return err
	}
	return t.pages.render(w, status, "enrol", target, map[string]any{
		"Title": "Secure your account", "Action": action, "Name": name, "Value": value, "Error": problem,
		"Secret": f.Secret, "QR": code,
	})
}

// enrol takes the first code of a new authenticator app.
func (t *Tenant) enrol(w http.ResponseWriter, r *http.Request) error {
	tx, u, err := t.pending(r)
	if err != nil {
		return err
	}
	f := tx.enrolling
	if f == nil || t.totpFactor(u.ID) != nil {
		return t.askFactor(w, r, tx, u)
	}
	if !f.accepts(r.PostFormValue("code"), t.now()) {
		return t.showEnrol(w, http.StatusBadRequest, "/u/mfa-otp-enrollment", "state", tx.id, origin(tx.redirectURI), f, u, wrongFirstCode)
	}
	tx.enrolling = nil
	t.addFactor(r, u, f)
	return t.factorDone(w, r, tx, u)
}

const wrongFirstCode = "That code is not right. Enter the one that the app shows now."

func (t *Tenant) addFactor(r *http.Request, u *user, f *factor) {
	t.factors[u.ID] = append(t.factors[u.ID], f)
	if t.recovery[u.ID] == "" {
		t.recovery[u.ID] = newRecoveryCode()
	}
	t.record(r, eventEnrolled, u, "", "")
}
