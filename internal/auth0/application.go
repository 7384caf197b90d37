package auth0

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"usher/internal/secrets"
)

const (
	// lookInterval is how often, at the most, a refused application looks for
	// other versions of its secret.
	lookInterval = 5 * time.Second
	// maxRounds is how often all versions are tried while a rotation is under
	// way. Each attempt may reach another part of the provider, which may know
	// only the new secret, or only the old one: with two versions and evenly mixed
	// parts, one round in four fails.
	maxRounds = 12
	// betweenRounds is time for the provider's parts to learn of a new secret.
	betweenRounds = 50 * time.Millisecond
)

// application asks the provider for tokens in the name of one of the tenant's
// applications. Where the provider refuses its secret, it tries the other
// versions that there are of it, and remembers which was right for as long as
// the current one stays the same.
type application struct {
	source Credentials
	now    func() time.Time
	of     func(secrets.Credentials) login

	mu        sync.Mutex
	current   login // when worked was found
	worked    secrets.Credentials
	lookedAt  time.Time
	versions  secrets.Versions
	fruitless bool // none of the versions was right
}

// login is what the provider sees of an application.
type login struct{ domain, id, secret string }

func signInLogin(c secrets.Credentials) login {
	return login{c.Domain, c.ClientID, c.ClientSecret}
}

func managementLogin(c secrets.Credentials) login {
	return login{c.Domain, c.ManagementClientID, c.ManagementClientSecret}
}

// ask asks for a token, and where the client is refused, again with other
// versions of the secret. It returns those credentials that were used last.
func (a *application) ask(ctx context.Context, ask func(secrets.Credentials) (*oauth2.Token, error)) (*oauth2.Token, secrets.Credentials, error) {
	current, err := a.source.Current(ctx)
	if err != nil {
		return nil, secrets.Credentials{}, err
	}
	first := a.likeliest(current)
	token, err := ask(first)
	if !refusesClient(err) {
		return token, first, err
	}
	order, rounds := a.attempts(ctx, first)
	tried := 1 // the first of the first round
	for range rounds {
		for _, c := range order[tried:] {
			token, err = ask(c)
			if !refusesClient(err) {
				a.remember(current, c, err)
				return token, c, err
			}
		}
		tried = 0
		slices.Reverse(order) // what alternates at the provider must not keep in step with this
		if !hasStatus(err, http.StatusUnauthorized) || !sleep(ctx, betweenRounds) {
			return nil, first, err // a 403 may be about the user: no more attempts would change it
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fruitless = true
	return nil, first, err
}

// sleep reports whether there is time left after it.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// likeliest are the credentials that worked last, as long as the secret has not
// changed since.
func (a *application) likeliest(current secrets.Credentials) secrets.Credentials {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == a.of(current) {
		return a.worked
	}
	return current
}

func (a *application) remember(current, worked secrets.Credentials, err error) {
	if err != nil { // not by the client's fault, and yet no proof
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current, a.worked, a.fruitless = a.of(current), worked, false
}

// attempts are the credentials to try after the first were refused, the first
// among them, and how often. Outside a rotation each is tried once.
func (a *application) attempts(ctx context.Context, refused secrets.Credentials) (order []secrets.Credentials, rounds int) {
	versions, fruitless := a.look(ctx)
	order = []secrets.Credentials{refused}
	for _, c := range append([]secrets.Credentials{versions.Current}, versions.Others()...) {
		if a.sameApplication(c, versions.Current) && !slices.ContainsFunc(order, func(o secrets.Credentials) bool { return a.of(o) == a.of(c) }) {
			order = append(order, c)
		}
	}
	switch {
	case len(order) == 1, fruitless && !versions.Changing():
		return order, 0
	case fruitless, !versions.Changing(), !a.sameApplication(refused, versions.Current): // which is asked no second time
		return order, 1
	}
	return order, maxRounds
}

// sameApplication keeps out versions about another tenant or application, as after a
// move: users' codes and refresh tokens would go there.
func (a *application) sameApplication(c, current secrets.Credentials) bool {
	one, other := a.of(c), a.of(current)
	return one.domain == other.domain && one.id == other.id && one.secret != ""
}

// look finds the versions of the secret, and whether they were all tried in vain
// already. However many requests are refused, it reads them once in an interval.
func (a *application) look(ctx context.Context) (versions secrets.Versions, fruitless bool) {
	a.mu.Lock()
	if !a.lookedAt.IsZero() && a.now().Sub(a.lookedAt) < lookInterval {
		defer a.mu.Unlock()
		return a.versions, a.fruitless
	}
	a.mu.Unlock()
	versions, err := a.source.Versions(ctx)
	if err != nil {
		versions = secrets.Versions{} // the refusal stands
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lookedAt, a.versions, a.fruitless = a.now(), versions, false
	return versions, false
}

// refusesClient tells a refused client from a refused code: the provider may
// answer 403 to either.
func refusesClient(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.Code != "invalid_grant"
}
