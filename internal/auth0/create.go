package auth0

import (
	"context"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/users"
)

// Create creates a user; see users.Creator. Under a mark it is safe to repeat:
// the provider lets no two users have one id.
func (u Users) Create(ctx context.Context, n users.New) (users.User, error) {
	if err := refuseReserved(n.AppMetadata, "app_metadata."); err != nil {
		return users.User{}, err
	}
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return users.User{}, err
	}
	if n.Mark != (users.Mark{}) {
		ctx = repeatable(ctx)
	}
	created, err := u.client.users.Create(ctx, createRequest(n), base)
	if err != nil {
		err = u.explainPolicy(ctx, ofTaken(err), n.Connection)
		return users.User{}, fmt.Errorf("create user: %w", err)
	}
	return userFrom((*management.UserResponseSchema)(created)), nil
}

func createRequest(n users.New) *management.CreateUserRequestContent {
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
	appMetadata := n.AppMetadata
	if n.Mark != (users.Mark{}) {
		request.UserID = &n.Mark.ID
		appMetadata = withReserved(appMetadata, reserved{Request: n.Mark.Fingerprint})
	}
	if appMetadata != nil {
		request.AppMetadata = &appMetadata
	}
	return request
}

// databasePrefix begins the id of every user of a database connection: the only
// ones who are created under a mark.
const databasePrefix = "auth0|"

// Made finds a user by a mark; see users.Creator.
func (u Users) Made(ctx context.Context, markID string) (users.Made, error) {
	base, err := u.client.baseURL(ctx)
	if err != nil {
		return users.Made{}, err
	}
	found, err := u.client.users.Get(ctx, databasePrefix+markID, &management.GetUserRequestParameters{}, base)
	if err != nil {
		return users.Made{}, fmt.Errorf("find the user of an Idempotency-Key: %w", ofOneUser(err))
	}
	kept := reservedIn(found.GetAppMetadata())
	return users.Made{
		User:   userFrom((*management.UserResponseSchema)(found)),
		Mark:   users.Mark{ID: markID, Fingerprint: kept.Request},
		Mailed: kept.Mailed,
	}, nil
}
