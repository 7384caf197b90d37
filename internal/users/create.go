package users

import (
	"context"
	"net/http"
	"net/url"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Creator creates a user. Its errors are problems: user-exists,
// password-too-weak, invalid-request, and those of a failing provider.
type Creator interface {
	Create(context.Context, New) (User, error)
}

type createBody struct {
	Profile
	Connection  *string        `json:"connection"`
	Metadata    map[string]any `json:"metadata"`
	AppMetadata map[string]any `json:"app_metadata"`
}

// Create serves POST /users. Users are created in defaultConnection unless the
// body names another.
func Create(dir Creator, defaultConnection string) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		var body createBody
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		newUser, err := body.user(defaultConnection)
		if err != nil {
			return err
		}
		user, err := dir.Create(r.Context(), newUser)
		if err != nil {
			return err
		}
		httpapi.Concerns(r.Context(), user.ID)
		w.Header().Set("Location", httpapi.RequestPath(r)+"/"+url.PathEscape(user.ID))
		return httpapi.Tagged(w, http.StatusCreated, user)
	}
	return httpapi.Operation{Routes: []string{"POST /users"}, Handler: handler, Change: "user.create"}
}

func (b createBody) user(defaultConnection string) (New, error) {
	wrong := b.faults()
	if b.Email == nil && b.PhoneNumber == nil && b.Username == nil {
		wrong = append(wrong, problem.Field{Field: "email", Detail: "is missing, and so are phone_number and username"})
	}
	connection := defaultConnection
	if b.Connection != nil {
		connection = *b.Connection
		if !httpapi.IsConnection(connection) {
			wrong = append(wrong, problem.Field{Field: "connection", Detail: "is not the name of a connection"})
		}
	}
	if err := problem.InvalidFields(wrong); err != nil {
		return New{}, err
	}
	if b.Password == nil && takesPassword(connection) {
		generated := randomPassword()
		b.Password = &generated
	}
	return New{Profile: b.Profile, Connection: connection, Metadata: b.Metadata, AppMetadata: b.AppMetadata}, nil
}
