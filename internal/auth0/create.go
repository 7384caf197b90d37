package auth0

import (
	"context"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
	"usher/internal/users"
)

// Create creates a user; see users.Creator. With an Idempotency-Key it is safe to repeat:
// the provider accepts each user ID only once.
func (u Users) Create(ctx context.Context, n users.New) (users.User, error) {
	if err := refuseReserved(n.AppMetadata, "app_metadata."); err != nil {
		return users.User{}, err
	}
	if n.Record != (users.IdempotencyRecord{}) {
		ctx = repeatable(ctx)
	}
	created, err := call(ctx, func(ctx context.Context) (any, error) { return u.client.users.Create(ctx, createRequest(n)) })
	if err != nil {
		err = u.explainPolicy(ctx, conflictProblem(err), n.Connection)
		return users.User{}, fmt.Errorf("create user: %w", err)
	}
	user, err := u.client.userIn(ctx, created)
	if err == nil {
		return user, nil
	}
	if user, err = u.created(ctx, n, err); err != nil {
		return users.User{}, fmt.Errorf("find the created user: %w", u.createdUnreadable(ctx, err, n))
	}
	return user, nil
}

// created finds a user whose creation succeeded with an unreadable response: by the
// idempotency record, or by the address, which is unique in a database connection.
func (u Users) created(ctx context.Context, n users.New, unread error) (users.User, error) {
	switch {
	case n.Record != (users.IdempotencyRecord{}):
		return u.read(ctx, databasePrefix+n.Record.ID)
	case n.Email == nil:
		return users.User{}, providerProblem(unread)
	}
	found, err := u.ByEmail(ctx, *n.Email)
	if err != nil {
		return users.User{}, err
	}
	if found, err = users.WithEmail(found, *n.Email); err != nil {
		return users.User{}, err
	}
	var made []users.User
	for _, user := range found {
		if connectionOf(user) == "" {
			return users.User{}, providerProblem(unread) // it may be the created one
		}
		if connectionOf(user) == n.Connection {
			made = append(made, user)
		}
	}
	if len(made) != 1 {
		return users.User{}, providerProblem(unread)
	}
	return made[0], nil
}

// createdUnreadable returns partly-updated for a created user whose ID is unknown, and how to
// find the ID. It still mails an invitation, which needs only the address.
func (u Users) createdUnreadable(ctx context.Context, err error, n users.New) error {
	cure := "The user exists. Find the ID with GET /users."
	if n.Record != (users.IdempotencyRecord{}) {
		cure = repeatToComplete
	}
	fields := []problem.Field{{Field: "id", Detail: "is unknown"}}
	switch {
	case n.Invite.By == users.InviteByEmail && u.client.mailPasswordLink(ctx, n.Connection, *n.Email) == nil:
		fields = append(fields, problem.Field{Field: "invite", Detail: "was sent"})
	case n.Invite.By != "":
		fields = append(fields, problem.Field{Field: "invite", Detail: "may not have been sent or created"})
	}
	return doneUnreadable(err, cure, fields...)
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
		request.VerifyEmail = &verify // explicit, or the connection's settings decide
	}
	if n.Metadata != nil {
		request.UserMetadata = &n.Metadata
	}
	appMetadata := n.AppMetadata
	if n.Record != (users.IdempotencyRecord{}) {
		request.UserID = &n.Record.ID
		appMetadata = withReserved(appMetadata, reserved{Request: n.Record.Fingerprint})
	}
	if appMetadata != nil {
		request.AppMetadata = &appMetadata
	}
	return request
}

// databasePrefix is the prefix of all user IDs of database connections. Only these can be
// created with an idempotency record.
const databasePrefix = "auth0|"

// FindCreated finds a user by an idempotency record; see users.Creator.
func (u Users) FindCreated(ctx context.Context, recordID string) (users.Creation, error) {
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return u.client.users.Get(ctx, databasePrefix+recordID, &management.GetUserRequestParameters{})
	})
	var user users.User
	var kept reserved
	if err == nil {
		user, kept, err = u.client.markedUserIn(ctx, body)
	}
	if err != nil {
		return users.Creation{}, fmt.Errorf("find the user of an Idempotency-Key: %w", userProblem(err))
	}
	return users.Creation{User: user, Record: users.IdempotencyRecord{ID: recordID, Fingerprint: kept.Request}, InvitationMailed: kept.Mailed}, nil
}
