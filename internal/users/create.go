package users

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Creator creates users.
type Creator interface {
	// Create fails with user-exists where the address or the record's id is taken,
	// and with password-too-weak, invalid-request, and as the provider does.
	Create(context.Context, New) (User, error)
	// FindCreated finds the user with a record's id, or fails with user-not-found.
	FindCreated(ctx context.Context, recordID string) (Creation, error)
	// Invite sends or makes the invitation that n asks for. It fails with
	// partly-updated: the user exists.
	Invite(ctx context.Context, created Creation, n New) (Created, error)
}

// CreateOptions is what the deployment decides about creating users.
type CreateOptions struct {
	Connection string   // where users are created unless the body names another
	ResultURLs []string // where the page behind an invitation may lead to, compared exactly
}

type createBody struct {
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
			key, err := idempotencyKey(r)
			if err != nil {
				return err
			}
			var body createBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			newUser, err := body.user(o, key)
			if err != nil {
				return err
			}
			if err := newUser.checkLimits(c); err != nil {
				return err
			}
			creation, err := create(r.Context(), dir, keys, c.Caller, body, newUser, key)
			if err != nil {
				return err
			}
			httpapi.Concerns(r.Context(), creation.User.ID)
			created, err := invited(r.Context(), dir, creation, newUser)
			if err != nil {
				return err
			}
			created.User = shown(c, created.User)
			w.Header().Set("Location", httpapi.RequestPath(r)+"/"+url.PathEscape(created.ID))
			return httpapi.TaggedAs(w, http.StatusCreated, created.User, created)
		},
	}
}

// checkLimits refuses what the front-end may not create.
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

// create creates the user, once where there is an Idempotency-Key.
func create(ctx context.Context, dir Creator, keys Keys, caller httpapi.Caller, body createBody, n New, key string) (Creation, error) {
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

// checkMetadata holds both to what the provider keeps, and gives their numbers
// the form in which it does.
func (b *createBody) checkMetadata() (wrong []problem.Field) {
	var more []problem.Field
	if b.Metadata != nil {
		b.Metadata, wrong = httpapi.CheckMetadata(b.Metadata, "metadata.", nil)
	}
	if b.AppMetadata != nil {
		b.AppMetadata, more = httpapi.CheckMetadata(b.AppMetadata, "app_metadata.", httpapi.ReservedAppMetadata)
	}
	return append(wrong, more...)
}

func (b createBody) user(o CreateOptions, key string) (New, error) {
	wrong := slices.Concat(b.Profile.faults(), b.inviteBody.faults(b.Profile, o.ResultURLs), b.checkMetadata())
	if b.Email == nil && b.PhoneNumber == nil && b.Username == nil && b.Invite == nil {
		wrong = append(wrong, problem.Field{Field: "email", Detail: "is missing, and so are phone_number and username"})
	}
	connection := o.Connection
	if b.Connection != nil {
		connection = *b.Connection
		if !httpapi.IsConnection(connection) {
			wrong = append(wrong, problem.Field{Field: "connection", Detail: "is not the name of a connection"})
		}
	}
	if !takesPassword(connection) {
		if b.Invite != nil {
			wrong = append(wrong, problem.Field{Field: "invite", Detail: "goes with connections that have passwords only"})
		}
		if key != "" {
			wrong = append(wrong, problem.Field{Field: "Idempotency-Key", Detail: "goes with connections that have passwords only"})
		}
	}
	if err := problem.InvalidFields(wrong); err != nil {
		return New{}, err
	}
	if b.Password == nil && takesPassword(connection) {
		generated := randomPassword()
		b.Password = &generated
	}
	return New{Profile: b.Profile, Connection: connection, Metadata: b.Metadata, AppMetadata: b.AppMetadata, Invite: b.invite()}, nil
}
