package identities

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Suggestion is the JSON form of another account that may belong to the same person.
type Suggestion struct {
	UserID     string `json:"user_id"`
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	Social     bool   `json:"social"`
}

// Finder also finds accounts by address, in the given spelling or in lower case.
type Finder interface {
	Reader
	ByEmail(ctx context.Context, email string) ([]Account, error)
}

// List serves GET /identities/{user_id}.
func List(dir Finder) api.Operation {
	return api.Operation{
		Name:        "listidentities",
		Routes:      []string{"GET /identities/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Identities},
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			q := httpapi.NewQuery(r)
			suggest := q.Bool("suggest")
			if err := q.Err(); err != nil {
				return err
			}
			account, err := dir.Account(r.Context(), c.User)
			if err != nil {
				return err
			}
			list := listOf(account.Identities)
			if suggest != nil && *suggest {
				suggestions, err := suggestionsFor(r.Context(), dir, c.FrontEnd, account)
				if err != nil {
					return err
				}
				list.Suggestions = &suggestions
			}
			return httpapi.JSON(w, http.StatusOK, list)
		},
	}
}

// suggestionsFor returns accounts with the same verified address. They are hints, not
// proofs. An unverified address may belong to another person, whose account it must not
// reveal.
func suggestionsFor(ctx context.Context, dir Finder, f limits.FrontEnd, account Account) ([]Suggestion, error) {
	suggestions := []Suggestion{}
	if account.Email == "" || !account.EmailVerified {
		return suggestions, nil
	}
	others, err := dir.ByEmail(ctx, account.Email)
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if other.ID == "" || other.Email == "" { // unreadable
			return nil, problem.ProviderFailed.New("The identity provider's response does not show who has this email address.")
		}
		if !account.sharesVerifiedEmail(other) || other.Blocked || len(other.Identities) == 0 ||
			f.CheckConnection(other.Connection()) != nil {
			continue
		}
		first := other.Identities[0]
		suggestions = append(suggestions, Suggestion{
			UserID: other.ID, Connection: first.Connection, Provider: first.Provider, Social: first.Social,
		})
	}
	return suggestions, nil
}
