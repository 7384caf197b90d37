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
		said Authentication
		want bool
	}{
		"given now":              {Authentication{MFA: true, Time: at(20 * time.Second)}, true},
		"at that very second":    {Authentication{MFA: true, Time: at(0)}, true},
		"by a clock behind":      {Authentication{MFA: true, Time: at(-30 * time.Second)}, true},
		"in an earlier sign-in":  {Authentication{MFA: true, Time: at(-31 * time.Second)}, false},
		"no one knows when":      {Authentication{MFA: true}, false},
		"a password, given now":  {Authentication{Methods: []string{"pwd"}, Time: at(time.Second)}, false},
		"nothing said":           {Authentication{}, false},
		"the name of the method": {Authentication{Methods: []string{"mfa"}, Time: at(0)}, false}, // what counts is what front-ends see
	}
	for name, tt := range tests {
		if got := tt.said.provesMFA(begun); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// directory is a Provider that only knows who is in github.
type directory struct {
	Provider
	asked int
	err   error
}

func (d *directory) HasIdentity(_ context.Context, user limits.UserID, connection string) (bool, error) {
	d.asked++
	return user.String() == "ada" && connection == "github", d.err
}

func TestDemands(t *testing.T) {
	now := time.Now()
	proved := Authentication{MFA: true, Time: &now}
	down := problem.ProviderUnavailable.New("down")
	tests := map[string]struct {
		asked  demands
		signIn SignIn
		err    error
		want   string
		calls  int
	}{
		"nothing asked":              {demands{}, SignIn{Account: Account{ID: "eve"}}, errors.New("not to be asked"), "", 0},
		"MFA":                        {demands{mfa: true}, SignIn{Authentication: proved}, nil, "", 0},
		"no MFA":                     {demands{mfa: true}, SignIn{}, nil, "mfa-not-proved", 0},
		"the connection":             {demands{connection: "github"}, SignIn{Account: Account{ID: "ada"}}, nil, "", 1},
		"another connection":         {demands{connection: "apple"}, SignIn{Account: Account{ID: "ada"}}, nil, "wrong-connection", 1},
		"another user":               {demands{connection: "github"}, SignIn{Account: Account{ID: "eve"}}, nil, "wrong-connection", 1},
		"the connection, MFA":        {demands{mfa: true, connection: "github"}, SignIn{Account: Account{ID: "ada"}, Authentication: proved}, nil, "", 1},
		"the connection, no MFA":     {demands{mfa: true, connection: "github"}, SignIn{Account: Account{ID: "ada"}}, nil, "mfa-not-proved", 0},
		"the provider is not there":  {demands{connection: "github"}, SignIn{Account: Account{ID: "ada"}}, down, "provider-unavailable", 1},
		"MFA, another connection":    {demands{mfa: true, connection: "apple"}, SignIn{Authentication: proved}, nil, "wrong-connection", 1},
		"an id that is a connection": {demands{connection: "eve"}, SignIn{Account: Account{ID: "eve|1"}}, nil, "wrong-connection", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			provider := &directory{err: tt.err}
			err := tt.asked.check(t.Context(), provider, now, limitstest.User(cmp.Or(tt.signIn.Account.ID, "eve")), tt.signIn)
			got := ""
			if err != nil {
				got = problem.From(err).Kind.Code
			}
			if got != tt.want || provider.asked != tt.calls {
				t.Errorf("%q after %d questions, want %q after %d", got, provider.asked, tt.want, tt.calls)
			}
		})
	}
}
