package auth0

import (
	"context"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/tidwall/gjson"

	"usher/internal/problem"
	"usher/internal/users"
)

// Create creates a user; see users.Creator. With an Idempotency-Key it is safe to repeat:
// the provider accepts each user ID only once.
func (u Users) Create(ctx context.Context, n users.New) (users.User, error) {
	if err := refuseReserved(n.AppMetadata, "app_metadata."); err != nil {
		return users.User{}, err
	}
	if n.Record.ID != "" {
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
	case n.Record.ID != "":
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
	if n.Record.ID != "" {
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
	if n.Record.ID != "" {
		request.UserID = &n.Record.ID
	}
	if n.Record.Fingerprint != "" {
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

// FindPasswordless finds a user by the identifier of a connection without passwords; see users.OnceCreator.
// A lookup by address is consistent. The search by phone number may not find a new user yet.
func (u Users) FindPasswordless(ctx context.Context, n users.New) (users.Creation, error) {
	var found []gjson.Result
	var err error
	if n.PhoneNumber != nil {
		found, err = u.byPhone(ctx, *n.PhoneNumber)
	} else if n.Email != nil {
		found, err = u.client.byEmail(ctx, *n.Email, nil)
	}
	if err != nil {
		return users.Creation{}, err
	}
	r := u.client.reading(ctx)
	for _, item := range found {
		user, kept, err := r.user(item)
		if err != nil {
			return users.Creation{}, fmt.Errorf("find a user without a password: %w", providerProblem(err))
		}
		if connectionOf(user) == n.Connection {
			return users.Creation{User: user, Record: users.IdempotencyRecord{Fingerprint: kept.Request}}, nil
		}
	}
	return users.Creation{}, problem.UserNotFound.New("No user has this address or phone number.")
}

func (u Users) byPhone(ctx context.Context, number string) ([]gjson.Result, error) {
	query, engine := term("phone_number", number, exactly), management.SearchEngineVersionsEnumV3
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return u.client.users.List(ctx, &management.ListUsersRequestParameters{Q: &query, SearchEngine: &engine})
	})
	var found []gjson.Result
	if err == nil {
		_, found, err = u.client.reading(ctx).list(body, "users")
	}
	if err != nil {
		return nil, fmt.Errorf("list users by phone number: %w", providerProblem(err))
	}
	return found, nil
}
