package doctor

import (
	"fmt"
	"strings"
)

// mfaAction is the one in deploy/auth0.
const mfaAction = "require-mfa"

func checkMFAAction(f facts) Result {
	a := f.action
	const install = "See deploy/auth0/README.md."
	switch {
	case a.err != nil:
		return keptAway(a.err, "read:actions")
	case a.value == nil:
		return warn(fmt.Sprintf("the tenant has no Action %q: sign-ins that demand a second factor are refused", mfaAction),
			"Install it if front-ends demand second factors. "+install)
	case !a.value.Deployed:
		return wrong(fmt.Sprintf("the Action %q is not deployed", mfaAction), "Deploy it in the Dashboard (Actions, Library). "+install)
	case !a.value.Bound:
		return wrong(fmt.Sprintf("the Action %q is not in the login flow", mfaAction), "Drag it into the flow in the Dashboard (Actions, Triggers, post-login), and apply. "+install)
	case a.value.Changed:
		return warn(fmt.Sprintf("the Action %q was changed, and not deployed since", mfaAction), "Deploy it in the Dashboard (Actions, Library), or undo the change.")
	}
	return fine("%q is deployed, and in the login flow", mfaAction)
}

func checkMFAFactors(f facts) Result {
	on := without(f.factors.value, []string{"recovery-code"}) // users cannot enroll only this one
	switch {
	case f.factors.err != nil:
		return keptAway(f.factors.err, "read:guardian_factors")
	case len(on) == 0:
		return warn("none is switched on: nobody can enrol one, or sign in where one is demanded", "Switch some on in the Dashboard (Security, Multi-factor Auth).")
	}
	return fine("%s", strings.Join(on, ", "))
}
