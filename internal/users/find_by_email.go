package users

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/address"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/valid"
)

// Finder finds users by email address. ByEmail is strongly consistent, and finds only the
// given spelling and its lower case. SearchEmail ignores case, but is eventually
// consistent; more reports that there are more results than it returned.
type Finder interface {
	Getter
	ByEmail(ctx context.Context, email string) ([]User, error)
	SearchEmail(ctx context.Context, email string) (found []User, more bool, err error)
}

// maxRechecks bounds how many search results are read again to confirm their address.
const maxRechecks = 10

// findByEmail returns the users with the address, in any case, that the front-end's limits
// allow. If the limits exclude all of them, it returns the refusal. It can miss a user who
// was given the address in a different case in the last few seconds.
func findByEmail(ctx context.Context, dir Finder, f limits.FrontEnd, email string) ([]User, error) {
	found, err := dir.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	hits, more, err := dir.SearchEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	unconfirmed, err := newHits(found, hits, email)
	if err != nil {
		return nil, err
	}
	if more || len(unconfirmed) > maxRechecks {
		const detail = "Too many users match this email address. Nothing was deleted. Delete by ID."
		return nil, problem.EmailAmbiguous.New(detail)
	}
	var refused error
	for _, hit := range unconfirmed {
		id, err := hit.Within(f)
		if err != nil {
			refused = err
			continue
		}
		now, err := dir.User(ctx, id)
		switch {
		case problem.Is(err, problem.UserNotFound):
		case err != nil:
			return nil, err
		case !hasID(now):
			return nil, errUnreadable()
		case !now.NoEmail && !slices.ContainsFunc(found, func(u User) bool { return u.ID == now.ID }):
			found = append(found, now)
		}
	}
	if found, err = WithEmail(found, email); err != nil {
		return nil, err
	}
	if found, err = withinLimits(f, found); err == nil && len(found) == 0 {
		err = refused
	}
	return found, err
}

// newHits returns the search hits that are not in found. The search index may be outdated,
// so the caller must read these users again.
func newHits(found, hits []User, email string) (fresh []User, err error) {
	for _, hit := range hits {
		isHit := func(u User) bool { return u.ID == hit.ID }
		switch {
		case !hasID(hit):
			return nil, errUnreadable()
		case isReadable(hit.Email) && !address.Same(hit.Email, email): // the search ignores more than case
		case slices.ContainsFunc(found, isHit):
		case !slices.ContainsFunc(fresh, isHit):
			fresh = append(fresh, hit)
		}
	}
	return fresh, nil
}

// WithEmail returns the users in found that have the address, ignoring case. It fails if an
// ID or address is unreadable, since that user may have the address.
func WithEmail(found []User, email string) ([]User, error) {
	var matches []User
	for _, u := range found {
		if !hasID(u) || !isReadable(u.Email) {
			return nil, errUnreadable()
		}
		if address.Same(u.Email, email) {
			matches = append(matches, u)
		}
	}
	return matches, nil
}

// hasID reports whether the user has a valid, readable ID.
func hasID(u User) bool { return valid.ID(u.ID) == "" && isReadable(u.ID) }

// isReadable reports whether a text is present and complete. The replacement character
// marks text that could not be decoded.
func isReadable(text string) bool { return text != "" && !strings.ContainsRune(text, utf8.RuneError) }

func errUnreadable() error {
	return problem.ProviderFailed.New("The identity provider's response does not show who has this email address.")
}
