package users

import (
	"context"
	"net/http"
	"net/url"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Creator creates users.
type Creator interface {
	// Create fails with user-exists if the address or the record's ID is taken, with
	// password-too-weak or invalid-request, or with a provider error.
	Create(context.Context, New) (User, error)
	// FindCreated returns the user with a record's ID, or user-not-found.
	FindCreated(ctx context.Context, recordID string) (Creation, error)
	// Invite creates or mails the invitation in n. Because the user exists already, it
	// fails with partly-updated.
	Invite(ctx context.Context, created Creation, n New) (Created, error)
}

// CreateOptions configures Create.
type CreateOptions struct {
	Connection string   // default connection of new users
	ResultURLs []string // allowed redirect targets of invitation pages, compared exactly
}

// CreateBody is the body of POST /users.
type CreateBody struct {
	Profile
	inviteBody
	Connection  *string        `json:"connection,omitempty"`
	Metadata    map[string]any `json:"metadata,omitempty"`
	AppMetadata map[string]any `json:"app_metadata,omitempty"`
}

// Create serves POST /users.
func Create(dir Creator, keys Keys, o CreateOptions) api.Operation {
	return api.Operation{
		Name:        "createuser",
		Routes:      []string{"POST /users"},
		Permissions: []permission.Name{permission.Manage},
		Change:      "user.create",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			key, err := httpapi.IdempotencyKey(r)
			if err != nil {
				return err
			}
			var body CreateBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			newUser, err := body.New(c, o, key)
			if err != nil {
				return err
			}
			creation, err := create(r.Context(), dir, keys, c.Caller, body, newUser, key)
			if err != nil {
				return err
			}
			httpapi.Concerns(r.Context(), creation.User.ID)
			created, err := invite(r.Context(), dir, creation, newUser)
			if err != nil {
				return err
			}
			created.User = created.User.VisibleTo(c)
			w.Header().Set("Location", httpapi.RequestPath(r)+"/"+url.PathEscape(created.ID))
			return httpapi.TaggedAs(w, http.StatusCreated, created.User, created)
		},
	}
}

// New checks the body and returns its user. key is the Idempotency-Key; "" for none.
func (b *CreateBody) New(c api.Call, o CreateOptions, key string) (New, error) {
	n, err := b.user(o, key)
	if err != nil {
		return New{}, err
	}
	return n, n.checkLimits(c)
}

// checkLimits checks the new user against the calling front-end's limits.
func (n New) checkLimits(c api.Call) error {
	if err := c.FrontEnd.CheckConnection(n.Connection); err != nil {
		return err
	}
	if n.AppMetadata != nil {
		if err := c.CheckAppMetadata(); err != nil {
			return err
		}
	}
	if n.Invite.ResultURL != "" {
		return c.FrontEnd.CheckResultURL(n.Invite.ResultURL)
	}
	return nil
}

// create creates the user, at most once per Idempotency-Key.
func create(
	ctx context.Context, dir Creator, keys Keys, caller httpapi.Caller, body CreateBody, n New, key string,
) (Creation, error) {
	if key == "" {
		user, err := dir.Create(ctx, n)
		return Creation{User: user}, err
	}
	canonical, err := body.canonical()
	if err != nil {
		return Creation{}, err
	}
	q := request{frontEnd: caller.FrontEnd(), connection: n.Connection, key: key, canonicalBody: canonical}
	return createOnce(ctx, dir, keys, q, n)
}

// checkMetadata validates both kinds of metadata and converts their numbers to float64.
func (b *CreateBody) checkMetadata(faults *valid.Faults) {
	if b.Metadata != nil {
		b.Metadata = faults.NewMetadata(b.Metadata, "metadata.", nil)
	}
	if b.AppMetadata != nil {
		b.AppMetadata = faults.NewMetadata(b.AppMetadata, "app_metadata.", valid.ReservedAppMetadata)
	}
}

// user validates the body and reduces it to its meaning, which is also the input of the fingerprint.
func (b *CreateBody) user(o CreateOptions, key string) (New, error) {
	var faults valid.Faults
	b.VerifyEmail = unlessNeutral(b.VerifyEmail, false)
	b.inviteBody.dropNeutral()
	b.Profile.check(&faults)
	b.inviteBody.check(&faults, b.Profile, o.ResultURLs)
	b.checkMetadata(&faults)
	hasNoIdentifier := b.Email == nil && b.PhoneNumber == nil && b.Username == nil && b.Invite == nil
	faults.AddIf(hasNoIdentifier, "email", "is missing, and so are phone_number and username")
	faults.Check("connection", b.Connection, valid.Connection)
	connection := o.Connection
	if b.Connection != nil {
		connection = *b.Connection
	}
	if !takesPassword(connection) {
		const passwordsOnly = "requires a connection with passwords"
		faults.AddIf(b.Invite != nil, "invite", passwordsOnly)
		faults.AddIf(key != "", "Idempotency-Key", passwordsOnly)
	}
	if err := faults.Err(); err != nil {
		return New{}, err
	}
	profile := b.Profile
	if b.Password == nil && takesPassword(connection) {
		generated := randomPassword()
		profile.Password = &generated
	}
	return New{
		Profile: profile, Connection: connection, Metadata: b.Metadata, AppMetadata: b.AppMetadata, Invite: b.invite(),
	}, nil
}

// takesPassword is false for the two passwordless connections, whose names are fixed by
// the provider. It rejects a password for them.
func takesPassword(connection string) bool { return connection != "email" && connection != "sms" }
