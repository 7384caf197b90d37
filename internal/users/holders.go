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

// Finder finds users by their addresses. ByEmail is at once consistent, and finds
// those who have the address as it is given or in lower case. SearchEmail finds
// every case of it, but may be some seconds late; more tells that it has found
// others, too.
type Finder interface {
	Getter
	ByEmail(ctx context.Context, email string) ([]User, error)
	SearchEmail(ctx context.Context, email string) (found []User, more bool, err error)
}

// maxDoubts bounds how many users are read again to see whether they still have an
// address. There are more only where a search does not do what it is for.
const maxDoubts = 10

// holders returns the users with the address, in any case, with whom the front-end may
// deal; it is refused where all of them are others. It does not find a user who was
// given the address in the last seconds, in other capitals.
func holders(ctx context.Context, dir Finder, f limits.FrontEnd, email string) ([]User, error) {
	found, err := dir.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	hits, more, err := dir.SearchEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	doubts, err := notAmong(found, hits, email)
	if err != nil {
		return nil, err
	}
	if more || len(doubts) > maxDoubts {
		return nil, problem.EmailAmbiguous.New("Too many users match this email address to tell who has it; nothing was deleted. Delete by id.")
	}
	var refused error
	for _, hit := range doubts {
		id, err := f.CheckFoundUser(hit.ID, hit.connection())
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
			return nil, unreadable()
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

// notAmong returns the hits that are not among the users found already. The
// search is late, so an address in it only tells which users to read again.
func notAmong(found, hits []User, email string) (doubts []User, err error) {
	for _, hit := range hits {
		isHit := func(u User) bool { return u.ID == hit.ID }
		switch {
		case !hasID(hit):
			return nil, unreadable()
		case legible(hit.Email) && !address.Same(hit.Email, email): // the search equates more than cases
		case slices.ContainsFunc(found, isHit):
		case !slices.ContainsFunc(doubts, isHit):
			doubts = append(doubts, hit)
		}
	}
	return doubts, nil
}

// WithEmail returns those of the users found by an address who have it, in whatever
// case. It fails where one of them cannot be made out: then nobody can tell whose
// the address is.
func WithEmail(found []User, email string) ([]User, error) {
	var having []User
	for _, u := range found {
		if !hasID(u) || !legible(u.Email) {
			return nil, unreadable()
		}
		if address.Same(u.Email, email) {
			having = append(having, u)
		}
	}
	return having, nil
}

// hasID reports whether the provider can be asked about the user, and nobody else is
// meant by it.
func hasID(u User) bool { return valid.ID(u.ID) == "" && legible(u.ID) }

// legible reports whether a text is there, and all of it: the sign for a character
// that could not be read may stand for any.
func legible(text string) bool { return text != "" && !strings.ContainsRune(text, utf8.RuneError) }

func unreadable() error {
	return problem.ProviderFailed.New("The identity provider's answer does not say who has this email address.")
}
