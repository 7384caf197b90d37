package doctor

import (
	"strings"
	"testing"

	"usher/localtenant"
)

// Whatever becomes of requests for tokens, nothing works, and that is said.
func TestTokenEndpointsThatFail(t *testing.T) {
	const route = "POST /oauth/token"
	for name, fault := range map[string]localtenant.Fault{
		"503":            {Status: 503},
		"404":            {Status: 404},
		"a page and 502": {Kind: localtenant.FaultHTML},
		"a page and 200": {Kind: localtenant.FaultHTML, Status: 200},
		"garbage":        {Kind: localtenant.FaultGarbage},
		"nothing":        {Kind: localtenant.FaultReset},
		"half an answer": {Kind: localtenant.FaultTruncate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			fault.Route = route
			c.tenant.Tenant.Fail(fault)
			results := Examine(t.Context(), c.patient, c.with)
			compareOutcomes(t, results, withoutTokens())
			if r := resultOf(t, results, "grant-types"); strings.Contains(r.Finding, "refuses") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// What no tenant answers is no word of what is set up there.
func TestAnswersThatSayNothing(t *testing.T) {
	for _, body := range []string{"null", "{}", "[]", `""`, "<html>"} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			c.patient.Limits = limitedTo("github")
			for _, r := range c.tenant.Tenant.Routes() {
				if strings.Contains(r.Pattern, "/api/v2/") {
					c.tenant.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Status: 200, Body: body})
				}
			}
			want := and(and(all(Wrong, ofSetup), "rate-limit", NotChecked), "limits", NotChecked)
			if body == "[]" { // which is a list of factors
				want["mfa-factors"] = Warning
			}
			compareOutcomes(t, Examine(t.Context(), c.patient, c.with), want)
		})
	}
}

// A response that is nested too deeply for a recursive reader is unusable, and ends nothing else.
func TestANestedResponse(t *testing.T) {
	c := open(t)
	nested := `{"connections":` + strings.Repeat("[", 8<<20-20)
	c.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/connections", Status: 200, Body: nested})
	compareOutcomes(t, Examine(t.Context(), c.patient, c.with), all(Wrong, []string{"connection"}))
}

// withoutTokens is what follows where there are none to be had, and nobody is to blame
// but the tenant.
func withoutTokens() map[string]Outcome {
	return and(and(all(NotChecked, ofToken, []string{"management-audience", "grant-types"}), "management-credentials", Wrong), "sign-in-credentials", Wrong)
}
