package auth0

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/users"
)

// Users is the tenant's users, as the users package needs them.
type Users struct{ client *Client }

// Users returns the tenant's users.
func (c *Client) Users() Users { return Users{client: c} }

// User returns one user; see users.Getter.
func (u Users) User(ctx context.Context, id string) (users.User, error) {
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return users.User{}, err
	}
	found, err := u.client.users.Get(ctx, id, &management.GetUserRequestParameters{}, base)
	if err != nil {
		return users.User{}, fmt.Errorf("get user: %w", ofOneUser(err))
	}
	return userFrom((*management.UserResponseSchema)(found)), nil
}

// ByEmail returns all users with the address. The provider keeps addresses in
// lower case, and compares them with case.
func (u Users) ByEmail(ctx context.Context, email string) ([]users.User, error) {
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return nil, err
	}
	found, err := u.client.users.ListUsersByEmail(ctx, &management.ListUsersByEmailRequestParameters{Email: strings.ToLower(email)}, base)
	if err != nil {
		return nil, fmt.Errorf("list users by email: %w", providerProblem(err))
	}
	return usersFrom(found), nil
}

// Create creates a user; see users.Creator.
func (u Users) Create(ctx context.Context, n users.New) (users.User, error) {
	if err := refuseReserved(n.AppMetadata, "app_metadata."); err != nil {
		return users.User{}, err
	}
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return users.User{}, err
	}
	request := &management.CreateUserRequestContent{
		Connection:    n.Connection,
		Email:         n.Email,
		Password:      n.Password,
		PhoneNumber:   n.PhoneNumber,
		Username:      n.Username,
		Name:          n.Name,
		GivenName:     n.GivenName,
		FamilyName:    n.FamilyName,
		Nickname:      n.Nickname,
		Picture:       n.Picture,
		EmailVerified: n.EmailVerified,
	}
	if n.Email != nil {
		verify := n.VerifyEmail != nil && *n.VerifyEmail
		request.VerifyEmail = &verify // said even where false, or the provider mails by its own lights
	}
	if n.Metadata != nil {
		request.UserMetadata = &n.Metadata
	}
	if n.AppMetadata != nil {
		request.AppMetadata = &n.AppMetadata
	}
	created, err := u.client.users.Create(ctx, request, base)
	if err != nil {
		err = u.explainPolicy(ctx, ofTaken(err), n.Connection)
		return users.User{}, fmt.Errorf("create user: %w", err)
	}
	return userFrom((*management.UserResponseSchema)(created)), nil
}

// Delete deletes a user; see users.Deleter.
func (u Users) Delete(ctx context.Context, id string) error {
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return err
	}
	err = u.client.users.Delete(ctx, id, base)
	if err == nil || hasStatus(err, http.StatusNotFound) {
		return nil
	}
	return fmt.Errorf("delete user: %w", providerProblem(err))
}
