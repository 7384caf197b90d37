package session

import (
	"cmp"
	"context"
	"errors"
	"testing"
	"time"

	"usher/internal/limits"
	"usher/internal/limits/limitstest"
	"usher/internal/problem"
)

func TestProvesMFA(t *testing.T) {
	begun := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time {
		when := begun.Add(d)
		return &when
	}
	tests := map[string]struct {
		auth Authentication
		want bool
	}{
		"given during the sign-in":      {Authentication{MFA: true, Time: at(20 * time.Second)}, true},
		"given in the same second":      {Authentication{MFA: true, Time: at(0)}, true},
		"given within the clock leeway": {Authentication{MFA: true, Time: at(-30 * time.Second)}, true},
		"given in an earlier sign-in":   {Authentication{MFA: true, Time: at(-31 * time.Second)}, false},
		"given at an unknown time":      {Authentication{MFA: true}, false},
		"only a password":               {Authentication{Methods: []string{"pwd"}, Time: at(time.Second)}, false},
		"no claims":                     {Authentication{}, false},
		"mfa only in the methods":       {Authentication{Methods: []string{"mfa"}, Time: at(0)}, false},
	}
	for name, tt := range tests {
		if got := tt.auth.provesMFA(begun); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// directory is a Provider in which only "ada" has an identity, in github.
type directory struct {
	Provider
	calls int
	err   error
}

func (d *directory) HasIdentity(_ context.Context, user limits.UserID, connection string) (bool, error) {
	d.calls++
	return user.String() == "ada" && connection == "github", d.err
}

func TestRequirements(t *testing.T) {
	now := time.Now()
	proved := Authentication{MFA: true, Time: &now}
	down := problem.ProviderUnavailable.New("down")
	tests := map[string]struct {
		required requirements
		signIn   SignIn
		err      error
		want     string
		calls    int
	}{
		"no requirements":                  {requirements{}, SignIn{Account: Account{ID: "eve"}}, errors.New("unexpected call"), "", 0},
		"MFA":                              {requirements{mfa: true}, SignIn{Authentication: proved}, nil, "", 0},
		"no MFA":                           {requirements{mfa: true}, SignIn{}, nil, "mfa-not-proved", 0},
		"the connection":                   {requirements{connection: "github"}, SignIn{Account: Account{ID: "ada"}}, nil, "", 1},
		"another connection":               {requirements{connection: "apple"}, SignIn{Account: Account{ID: "ada"}}, nil, "wrong-connection", 1},
		"another user":                     {requirements{connection: "github"}, SignIn{Account: Account{ID: "eve"}}, nil, "wrong-connection", 1},
		"the connection, MFA":              {requirements{mfa: true, connection: "github"}, SignIn{Account: Account{ID: "ada"}, Authentication: proved}, nil, "", 1},
		"the connection, no MFA":           {requirements{mfa: true, connection: "github"}, SignIn{Account: Account{ID: "ada"}}, nil, "mfa-not-proved", 0},
		"a provider error":                 {requirements{connection: "github"}, SignIn{Account: Account{ID: "ada"}}, down, "provider-unavailable", 1},
		"MFA, another connection":          {requirements{mfa: true, connection: "apple"}, SignIn{Authentication: proved}, nil, "wrong-connection", 1},
		"an ID that equals the connection": {requirements{connection: "eve"}, SignIn{Account: Account{ID: "eve|1"}}, nil, "wrong-connection", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			provider := &directory{err: tt.err}
			err := tt.required.check(t.Context(), provider, now, limitstest.User(cmp.Or(tt.signIn.Account.ID, "eve")), tt.signIn)
			got := ""
			if err != nil {
				got = problem.From(err).Kind.Code
			}
			if got != tt.want || provider.calls != tt.calls {
				t.Errorf("%q after %d calls, want %q after %d", got, provider.calls, tt.want, tt.calls)
			}
		})
	}
}
