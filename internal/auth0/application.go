package auth0

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"usher/internal/secrets"
)

const (
	// readInterval is the shortest time between two searches for other versions of a refused secret.
	readInterval = 5 * time.Second
	// maxRounds is the number of attempts with all versions during a rotation. Each attempt may reach another
	// node of the provider, which knows only the new or only the old secret. With two versions and as many old
	// nodes as new ones, one round in four fails.
	maxRounds = 12
	// betweenRounds is the pause in which the provider's nodes may get a new secret.
	betweenRounds = 50 * time.Millisecond
)

// application requests tokens as one of the tenant's applications. If the provider refuses the secret,
// it tries the other versions of it, and remembers the accepted one until the current one changes.
type application struct {
	source Credentials
	now    func() time.Time
	of     func(secrets.Credentials) login

	mu         sync.Mutex
	current    login // the current login when worked was found
	worked     secrets.Credentials
	readAt     time.Time
	versions   secrets.Versions
	allRefused bool // all versions were refused
}

// login identifies an application to the provider.
type login struct{ domain, id, secret string }

func signInLogin(c secrets.Credentials) login {
	return login{c.Domain, c.ClientID, c.ClientSecret}
}

func managementLogin(c secrets.Credentials) login {
	return login{c.Domain, c.ManagementClientID, c.ManagementClientSecret}
}

// ask requests a token, and repeats the request with other versions of the secret if the
// client is refused. It returns the credentials of the last request.
func (a *application) ask(ctx context.Context, ask func(secrets.Credentials) (*oauth2.Token, error)) (*oauth2.Token, secrets.Credentials, error) {
	current, err := a.source.Current(ctx)
	if err != nil {
		return nil, secrets.Credentials{}, err
	}
	first := a.lastAccepted(current)
	token, err := ask(first)
	if !refusesClient(err) {
		return token, first, err
	}
	order, rounds := a.attempts(ctx, first)
	tried := 1 // the request above
	for range rounds {
		for _, c := range order[tried:] {
			token, err = ask(c)
			if !refusesClient(err) {
				a.remember(current, c, err)
				return token, c, err
			}
		}
		tried = 0
		slices.Reverse(order) // or the order could match alternating nodes of the provider
		if !hasStatus(err, http.StatusUnauthorized) || !sleep(ctx, betweenRounds) {
			return nil, first, err // a 403 may be about the user, so a retry is useless
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.allRefused = true
	return nil, first, err
}

// sleep reports whether ctx is still valid after the pause.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// lastAccepted returns the credentials that worked last, if the current secret has not changed since.
func (a *application) lastAccepted(current secrets.Credentials) secrets.Credentials {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == a.of(current) {
		return a.worked
	}
	return current
}

func (a *application) remember(current, worked secrets.Credentials, err error) {
	if err != nil { // the client was not refused, but not accepted either
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current, a.worked, a.allRefused = a.of(current), worked, false
}

// attempts returns the credentials to try after a refusal, the refused ones first, and the
// number of rounds. Outside a rotation there is one round at most.
func (a *application) attempts(ctx context.Context, refused secrets.Credentials) (order []secrets.Credentials, rounds int) {
	versions, allRefused := a.readVersions(ctx)
	order = []secrets.Credentials{refused}
	for _, c := range append([]secrets.Credentials{versions.Current}, versions.Others()...) {
		if a.sameApplication(c, versions.Current) && !slices.ContainsFunc(order, func(o secrets.Credentials) bool { return a.of(o) == a.of(c) }) {
			order = append(order, c)
		}
	}
	switch {
	case len(order) == 1, allRefused && !versions.Changing():
		return order, 0
	case allRefused, !versions.Changing(), !a.sameApplication(refused, versions.Current):
		return order, 1
	}
	return order, maxRounds
}

// sameApplication excludes versions for another tenant or application, as after a move:
// users' codes and refresh tokens would be sent there.
func (a *application) sameApplication(c, current secrets.Credentials) bool {
	one, other := a.of(c), a.of(current)
	return one.domain == other.domain && one.id == other.id && one.secret != ""
}

// readVersions returns the versions of the secret, and whether all of them were already refused. It
// reads the secret at most once in readInterval.
func (a *application) readVersions(ctx context.Context) (versions secrets.Versions, allRefused bool) {
	a.mu.Lock()
	if !a.readAt.IsZero() && a.now().Sub(a.readAt) < readInterval {
		defer a.mu.Unlock()
		return a.versions, a.allRefused
	}
	a.mu.Unlock()
	versions, err := a.source.Versions(ctx)
	if err != nil {
		versions = secrets.Versions{} // the caller returns the refusal
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.readAt, a.versions, a.allRefused = a.now(), versions, false
	return versions, false
}

// refusesClient reports whether err refuses the client, not the code: the provider may return 403 for both.
func refusesClient(err error) bool {
	e := failureIn(err)
	return (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.Code != "invalid_grant"
}
