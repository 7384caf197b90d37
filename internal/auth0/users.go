package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/limits"
	"usher/internal/users"
)

// Users implements the interfaces of package users.
type Users struct{ client *Client }

// Users returns the access to the tenant's users.
func (c *Client) Users() Users { return Users{client: c} }

// User returns one user; see users.Getter.
func (u Users) User(ctx context.Context, id limits.UserID) (users.User, error) {
	return u.read(ctx, id.String())
}

// UserWithin returns one user within a front-end's limits; see users.WithinGetter.
func (u Users) UserWithin(ctx context.Context, f limits.FrontEnd, id string) (users.User, limits.UserID, error) {
	user, err := u.read(ctx, id)
	if err != nil {
		return users.User{}, limits.UserID{}, err
	}
	within, err := f.CheckFoundUser(id, connectionOf(user))
	if err != nil {
		return users.User{}, limits.UserID{}, err
	}
	return user, within, nil
}

func (u Users) read(ctx context.Context, id string) (users.User, error) {
	found, err := call(ctx, func(ctx context.Context) (any, error) {
		return u.client.users.Get(ctx, id, &management.GetUserRequestParameters{})
	})
	if err != nil {
		return users.User{}, fmt.Errorf("get user: %w", userProblem(err))
	}
	user, err := u.client.userIn(ctx, found)
	if err != nil {
		return users.User{}, fmt.Errorf("get user: %w", providerProblem(err))
	}
	return user, nil
}

// ByEmail returns the users with an address; see users.Finder.
func (u Users) ByEmail(ctx context.Context, email string) ([]users.User, error) {
	found, err := u.client.byEmail(ctx, email, nil)
	if err != nil {
		return nil, err
	}
	all, err := u.client.reading(ctx).users(found)
	if err != nil {
		return nil, fmt.Errorf("list users by email: %w", providerProblem(err))
	}
	return all, nil
}

// Delete deletes a user; see users.Deleter.
func (u Users) Delete(ctx context.Context, id limits.UserID) error {
	_, err := call(ctx, func(ctx context.Context) (any, error) { return nil, u.client.users.Delete(ctx, id.String()) })
	if err == nil || hasStatus(err, http.StatusNotFound) {
		return nil
	}
	return fmt.Errorf("delete user: %w", providerProblem(err))
}
