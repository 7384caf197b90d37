package localtenant

import (
	"net/http"
	"slices"
)

// guardianFactors are the kinds of second factor that a tenant can switch on, in
// the order in which Auth0 lists them.
var guardianFactors = []string{"sms", "push-notification", "otp", "email", "duo", "webauthn-roaming", "webauthn-platform", "recovery-code"}

// listGuardianFactors serves GET /api/v2/guardian/factors.
func (t *Tenant) listGuardianFactors(w http.ResponseWriter, _ *http.Request) error {
	factors := []map[string]any{}
	for _, name := range guardianFactors {
		factors = append(factors, map[string]any{"name": name, "enabled": slices.Contains(t.settings.Factors, name), "trial_expired": false})
	}
	return writeJSON(w, http.StatusOK, factors)
}
