package auth0

import (
	"context"
	"fmt"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/tidwall/gjson"

	"usher/internal/address"
	"usher/internal/users"
)

// byEmail returns the users with this address, as given and in lower case. The provider compares
// exactly, and stores the upper-case letters that other identity providers send; its own databases
// store lower case (https://community.auth0.com/t/uppercase-characters-in-user-email-addresses/124757).
func (c *Client) byEmail(ctx context.Context, email string, fields *string) (all []gjson.Result, err error) {
	r := c.reading(ctx)
	for _, spelling := range address.Spellings(email) {
		body, err := call(ctx, func(ctx context.Context) (any, error) {
			return c.users.ListUsersByEmail(ctx, &management.ListUsersByEmailRequestParameters{Email: spelling, Fields: fields})
		})
		var found []gjson.Result
		if err == nil {
			_, found, err = r.list(body, "")
		}
		if err != nil {
			return nil, fmt.Errorf("list users by email: %w", providerProblem(err))
		}
		for _, user := range found {
			id := user.Get("user_id").Str
			if id == "" || !slices.ContainsFunc(all, func(u gjson.Result) bool { return u.Get("user_id").Str == id }) {
				all = append(all, user)
			}
		}
	}
	return all, nil
}

// SearchEmail searches for an address in any case; see users.Finder. The provider's search
// ignores case, and its index may be out of date (https://github.com/auth0/rules/issues/208).
func (u Users) SearchEmail(ctx context.Context, email string) (found []users.User, more bool, err error) {
	hits, more, err := u.search(ctx, leg{filter: users.Filter{Email: email}, sort: users.Sort{Key: "created_at"}}, 0, pageSize)
	for _, hit := range hits {
		found = append(found, hit.User)
	}
	return found, more, err
}
