package limits

import (
	"testing"

	"usher/internal/problem"
)

// A front-end that does not come from a policy may do nothing.
func TestLimitsFailClosed(t *testing.T) {
	var f FrontEnd
	checks := map[string]error{
		"a connection":           f.CheckConnection("any"),
		"a redirect URI":         f.CheckRedirectURI("any"),
		"a logout URI":           f.CheckLogoutURI("any"),
		"a result URL":           f.CheckResultURL("any"),
		"app_metadata":           f.CheckAppMetadata(),
		"a user":                 second(f.CheckUser(t.Context(), "auth0|1")),
		"a found user":           second(f.CheckFoundUser("auth0|1", "any")),
		"a token's user":         second(f.CheckTokensOf(t.Context(), "auth0|1")),
		"a token without a user": second(f.CheckTokensOf(t.Context(), "")),
		"a login connection":     second(f.LoginConnection()),
		"redirect URIs":          second(f.RedirectURIs([]string{"any"})),
	}
	if _, _, err := f.CheckUserOrGone(t.Context(), "auth0|1"); err == nil {
		t.Error("CheckUserOrGone allows a user")
	}
	for name, err := range checks {
		if err == nil || problem.IsProblem(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.Connections() == nil || len(f.Connections()) > 0 || len(f.LogoutURIs([]string{"any"})) > 0 {
		t.Errorf("%v, %v", f.Connections(), f.LogoutURIs([]string{"any"}))
	}
}

func second[T any](_ T, err error) error { return err }

func TestUncheckedUsersPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the zero value has an id")
		}
	}()
	_ = UserID{}.String()
}
