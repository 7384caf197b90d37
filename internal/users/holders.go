package users

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/address"
	"usher/internal/httpapi"
	"usher/internal/problem"
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

// holders returns all users who have the address, in whatever case. Only one who was
// given it in the last seconds, in other capitals than were asked for, is missing.
func holders(ctx context.Context, dir Finder, email string) ([]User, error) {
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
	for _, id := range doubts {
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
	return WithEmail(found, email)
}

// notAmong returns the ids of the hits that are not among those found already. The
// search is late, so what it says of their addresses tells only whom to look at.
func notAmong(found, hits []User, email string) (ids []string, err error) {
	for _, hit := range hits {
		switch {
		case !hasID(hit):
			return nil, unreadable()
		case legible(hit.Email) && !address.Same(hit.Email, email): // the search equates more than cases
		case slices.ContainsFunc(found, func(u User) bool { return u.ID == hit.ID }):
		case !slices.Contains(ids, hit.ID):
			ids = append(ids, hit.ID)
		}
	}
	return ids, nil
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
func hasID(u User) bool { return httpapi.FaultOfID(u.ID) == "" && legible(u.ID) }

// legible reports whether a text is there, and all of it: the sign for a character
// that could not be read may stand for any.
func legible(text string) bool { return text != "" && !strings.ContainsRune(text, utf8.RuneError) }

func unreadable() error {
	return problem.ProviderFailed.New("The identity provider's answer does not say who has this email address.")
}
