package doctor

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/permission"
)

// mfaAction is the one in deploy/auth0.
const mfaAction = "require-mfa"

func checkMFAAction(f facts) diagnosis {
	a := f.tenant.action
	const install = "deploy/auth0/README.md says how to install it."
	switch {
	case !f.uses(permission.SignIn):
		return unchecked(signsNobodyIn, "")
	case a.err != nil:
		return keptAway(a.err, "read:actions")
	case !a.value.Exists:
		return warn(fmt.Sprintf("the tenant has no Action %q: a sign-in that demands a second factor is refused in the end", mfaAction), "If front-ends are to demand one, install it. "+install)
	case !a.value.Deployed:
		return wrong(fmt.Sprintf("the Action %q is not deployed", mfaAction), "Deploy it in the Dashboard (Actions, Library). "+install)
	case !a.value.Bound:
		return wrong(fmt.Sprintf("the Action %q is not in the login flow", mfaAction), "Drag it into the flow in the Dashboard (Actions, Triggers, post-login), and apply. "+install)
	case a.value.Changed:
		return warn(fmt.Sprintf("the Action %q was changed, and not deployed since", mfaAction), "Deploy it in the Dashboard (Actions, Library), or undo the change.")
	}
	return fine("%q is deployed, and in the login flow", mfaAction)
}

func checkMFAFactors(f facts) diagnosis {
	factors := f.tenant.factors
	on := slices.DeleteFunc(slices.Clone(factors.value), func(name string) bool { return name == "recovery-code" }) // is none by itself
	switch {
	case !f.uses(permission.SignIn):
		return unchecked(signsNobodyIn, "")
	case factors.err != nil:
		return keptAway(factors.err, "read:guardian_factors")
	case len(on) == 0:
		return warn("none is switched on: nobody can enrol one, or sign in where one is demanded", "Switch some on in the Dashboard (Security, Multi-factor Auth).")
	}
	return fine("%s", strings.Join(on, ", "))
}
