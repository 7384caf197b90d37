package auth0

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"usher/internal/secrets"
	"usher/test/testkit"
)

// provider accepts some secrets of an application and records the requests. Each request
// may reach another node, which may accept another secret.
type provider struct {
	nodes  [][]string // the secrets that each node accepts; requests reach the nodes in turn
	status int        // of a refusal; 0 for 401
	code   string
	asked  []string
}

func (p *provider) ask(c secrets.Credentials) (*oauth2.Token, error) {
	node := p.nodes[len(p.asked)%len(p.nodes)]
	p.asked = append(p.asked, c.ClientSecret)
	if slices.Contains(node, c.ClientSecret) {
		return &oauth2.Token{AccessToken: "of " + c.ClientSecret}, nil
	}
	return nil, &Error{Status: max(p.status, http.StatusUnauthorized), Code: cmp.Or(p.code, "access_denied")}
}

func withSecret(secret string) secrets.Credentials {
	return credentialsAt("tenant.example.com", secret)
}

func signInApplication(s *source) (*application, *testkit.Clock) {
	c := newClock()
	return &application{source: s, now: c.Now, of: signInLogin}, c
}

func TestAnApplicationTriesTheVersionsOfItsSecret(t *testing.T) {
	one, two, three := withSecret("one"), withSecret("two"), withSecret("three")
	inTwo := [][]string{{"one"}, {"two"}}
	tests := map[string]struct {
		held, current     secrets.Credentials
		pending, previous secrets.Credentials
		nodes             [][]string
		asked, twice      string // the secrets in the first and the second request
	}{
		"no rotation":                    {one, one, secrets.Credentials{}, three, [][]string{{"one"}}, "one", "one"},
		"rotated manually":               {one, two, secrets.Credentials{}, one, [][]string{{"two"}}, "one two", "two"},
		"set, but not yet current":       {one, one, two, three, [][]string{{"two"}}, "one two", "two"},
		"current, but not yet set":       {two, two, secrets.Credentials{}, one, [][]string{{"one"}}, "two one", "one"},
		"an old node, then a new one":    {one, one, two, three, inTwo, "one", "one two three three two"},
		"a new node, then an old one":    {two, two, one, three, inTwo, "two one three three one", "one two three three two"},
		"one of three nodes is new":      {one, one, two, three, [][]string{{"two"}, {"one"}, {"one"}}, "one two three three two one", "one two three three two one"},
		"a rotation after one not set":   {two, two, three, one, [][]string{{"one"}}, "two three one", "one"},
		"outdated by two rotations":      {one, three, secrets.Credentials{}, two, [][]string{{"three"}}, "one three", "three"},
		"the same secret in all of them": {one, one, one, one, [][]string{{"one"}}, "one", "one"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &source{current: tt.held, stored: tt.current, others: secrets.Versions{Pending: tt.pending, Previous: tt.previous}}
				a, _ := signInApplication(s)
				p := &provider{nodes: tt.nodes}
				for i, want := range []string{tt.asked, tt.twice} {
					already := len(p.asked)
					token, c, err := a.ask(t.Context(), p.ask)
					if err != nil || token.AccessToken != "of "+c.ClientSecret {
						t.Fatalf("%v, %v", token, err)
					}
					if got := strings.Join(p.asked[already:], " "); got != want {
						t.Errorf("request %d uses %q, want %q", i+1, got, want)
					}
				}
			})
		})
	}
}

// A version for another tenant or application must not be used: the request's data would be sent there.
func TestVersionsOfAnotherApplicationAreNotTried(t *testing.T) {
	wrong := secrets.Credentials{Domain: "new.example.com", ClientID: "web", ClientSecret: "w-2", ManagementClientID: "machine", ManagementClientSecret: "m-2"}
	domain, web, machine := wrong, wrong, wrong
	domain.Domain, domain.ClientSecret, domain.ManagementClientSecret = "old.example.com", "w-1", "m-1"
	web.ClientID, web.ClientSecret = "old-web", "w-1"
	machine.ManagementClientID, machine.ManagementClientSecret = "old-machine", "m-1"
	for name, tt := range map[string]struct {
		of    func(secrets.Credentials) login
		other secrets.Credentials
		tried int // besides the current one
	}{
		"another domain, to sign in":                       {signInLogin, domain, 0},
		"another domain, to manage":                        {managementLogin, domain, 0},
		"another sign-in application, to sign in":          {signInLogin, web, 0},
		"another managing application, to manage":          {managementLogin, machine, 0},
		"another managing application, to sign in":         {signInLogin, machine, 0}, // its sign-in secret is the current one
		"the same applications with other secrets":         {signInLogin, withSecrets(wrong, "w-1", "m-1"), 1},
		"the same applications with other secrets, manage": {managementLogin, withSecrets(wrong, "w-1", "m-1"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := holding(wrong)
			s.others.Previous = tt.other
			a := &application{source: s, now: newClock().Now, of: tt.of}
			var asked []login
			_, _, err := a.ask(t.Context(), func(c secrets.Credentials) (*oauth2.Token, error) {
				asked = append(asked, tt.of(c))
				return nil, &Error{Status: http.StatusUnauthorized, Code: "access_denied"}
			})
			if !refusesClient(err) || len(asked) != 1+tt.tried {
				t.Errorf("%v after requests as %v", err, asked)
			}
		})
	}
}

// An instance that still has the credentials from before a move uses them once.
func TestCredentialsBeforeAMoveAreTriedOnce(t *testing.T) {
	s := holding(credentialsAt("old.example.com", "one"))
	s.stored, s.others.Pending = credentialsAt("new.example.com", "two"), credentialsAt("new.example.com", "three")
	a, _ := signInApplication(s)
	p := &provider{nodes: [][]string{nil}}
	if _, _, err := a.ask(t.Context(), p.ask); !refusesClient(err) || strings.Join(p.asked, " ") != "one two three" {
		t.Errorf("%v after requests with %v", err, p.asked)
	}
}

func withSecrets(c secrets.Credentials, signIn, management string) secrets.Credentials {
	c.ClientSecret, c.ManagementClientSecret = signIn, management
	return c
}

func TestTheAcceptedVersionIsRememberedUntilTheSecretChanges(t *testing.T) {
	s := holding(withSecret("one"))
	s.others.Previous = withSecret("zero")
	a, _ := signInApplication(s)
	p := &provider{nodes: [][]string{{"zero", "three"}}}
	for _, step := range []struct{ current, asked string }{
		{"one", "one zero"}, {"one", "zero"}, {"one", "zero"}, {"two", "two one zero"}, {"two", "zero"}, {"three", "three"}, {"three", "three"},
	} {
		s.current, s.stored = withSecret(step.current), withSecret(step.current)
		already := len(p.asked)
		if _, _, err := a.ask(t.Context(), p.ask); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.asked[already:], " "); got != step.asked {
			t.Errorf("with %s: %q, want %q", step.current, got, step.asked)
		}
	}
	if s.looks != 1 {
		t.Errorf("%d searches within an interval", s.looks)
	}
}

// Any number of requests may need the token of a refused application.
func TestRefusalsCauseFewReadsAndFewRequests(t *testing.T) {
	tests := map[string]struct {
		others      secrets.Versions
		status      int
		first, each int // attempts of the first request, and of each further one in the interval
		lookErr     bool
	}{
		"no other version":              {secrets.Versions{}, 0, 1, 1, false},
		"an old version":                {secrets.Versions{Previous: withSecret("zero")}, 0, 2, 1, false},
		"a rotation under way":          {secrets.Versions{Pending: withSecret("two")}, 0, 2 * maxRounds, 2, false},
		"a 403, perhaps about the user": {secrets.Versions{Pending: withSecret("two")}, 403, 2, 2, false},
		"the secret cannot be read":     {secrets.Versions{Pending: withSecret("two")}, 0, 1, 1, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := holding(withSecret("one"))
				s.others = tt.others
				if tt.lookErr {
					s.reloadErr = errRefused
				}
				a, c := signInApplication(s)
				p := &provider{nodes: [][]string{nil}, status: tt.status}
				request := func() int {
					already := len(p.asked)
					if _, _, err := a.ask(t.Context(), p.ask); !refusesClient(err) {
						t.Errorf("%v", err)
					}
					return len(p.asked) - already
				}
				for interval := range 3 {
					if got := request(); got != tt.first {
						t.Errorf("interval %d: %d attempts, want %d", interval, got, tt.first)
					}
					for range 100 {
						if got := request(); got != tt.each {
							t.Fatalf("interval %d, further request: %d attempts, want %d", interval, got, tt.each)
						}
					}
					c.Advance(readInterval)
				}
				if s.looks != 3 {
					t.Errorf("%d searches in three intervals", s.looks)
				}
			})
		})
	}
}

func TestARefusedCodeIsTriedOnce(t *testing.T) {
	for name, p := range map[string]*provider{
		"a wrong code": {nodes: [][]string{nil}, status: 403, code: "invalid_grant"},
		"a failure":    {nodes: [][]string{nil}, status: 500},
	} {
		s := holding(withSecret("one"))
		s.others.Pending = withSecret("two")
		a, _ := signInApplication(s)
		if _, _, err := a.ask(t.Context(), p.ask); err == nil || len(p.asked) != 1 || s.looks != 0 {
			t.Errorf("%s: %v after %v", name, err, p.asked)
		}
	}
}

func TestAttemptsEndWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := holding(withSecret("one"))
		s.others.Pending = withSecret("two")
		a, _ := signInApplication(s)
		p := &provider{nodes: [][]string{nil}}
		ctx, cancel := context.WithTimeout(t.Context(), 3*betweenRounds-time.Millisecond)
		defer cancel()
		if _, _, err := a.ask(ctx, p.ask); !refusesClient(err) || len(p.asked) != 6 {
			t.Errorf("%v after %d attempts", err, len(p.asked))
		}
	})
}

// The secret of one application may already be set, and that of the other not yet.
func TestEachApplicationRemembersItsOwnVersion(t *testing.T) {
	old := secrets.Credentials{Domain: "d", ClientID: "web", ClientSecret: "web-1", ManagementClientID: "machine", ManagementClientSecret: "machine-1"}
	pending := old
	pending.ClientSecret, pending.ManagementClientSecret = "web-2", "machine-2"
	s := holding(old)
	s.others.Pending = pending
	of := func(c secrets.Credentials) secrets.Credentials { c.ClientSecret = c.ManagementClientSecret; return c }
	signIn, _ := signInApplication(s)
	management := &application{source: s, now: newClock().Now, of: managementLogin}
	p := &provider{nodes: [][]string{{"web-2", "machine-1"}}}
	for range 2 {
		if _, c, err := signIn.ask(t.Context(), p.ask); err != nil || c != pending {
			t.Errorf("sign-in: %v, %v", c, err)
		}
		if _, c, err := management.ask(t.Context(), func(c secrets.Credentials) (*oauth2.Token, error) { return p.ask(of(c)) }); err != nil || c != old {
			t.Errorf("management: %v, %v", c, err)
		}
	}
	if got := strings.Join(p.asked, " "); got != "web-1 web-2 machine-1 web-2 machine-1" {
		t.Errorf("the requests use %q", got)
	}
}

func TestNoRequestWithoutCredentials(t *testing.T) {
	s := holding(withSecret("one"))
	s.err = errors.New("no")
	a, _ := signInApplication(s)
	p := &provider{nodes: [][]string{nil}}
	if _, _, err := a.ask(t.Context(), p.ask); !errors.Is(err, s.err) || len(p.asked) != 0 {
		t.Errorf("%v after %v", err, p.asked)
	}
}
