package recovery

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Mailer mails the user with the address in the connection a link to set a password. It
// succeeds even if there is no such user. It fails with invalid-request for a connection
// without passwords, or with a provider error.
type Mailer interface {
	MailPasswordLink(ctx context.Context, connection, email string) error
}

type resetBody struct {
	Email      *string `json:"email"`
	Connection *string `json:"connection"`
}

// accepted is the response to every reset. It does not reveal whether the address exists;
// nor does the timing, since the number of provider calls is the same.
type accepted struct {
	Status string `json:"status"`
}

// ResetPassword serves POST /password-resets. The address is looked for in
// defaultConnection unless the body names another.
func ResetPassword(mailer Mailer, defaultConnection string) api.Operation {
	return api.Operation{
		Name:        "resetpassword",
		Routes:      []string{"POST /password-resets"},
		Permissions: []permission.Name{permission.SignIn},
		Change:      "password-reset.request",
		Urgent:      true,
		NoToken:     true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body resetBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			email, connection, err := body.valid(defaultConnection)
			if err != nil {
				return err
			}
			if err := c.FrontEnd.CheckConnection(connection); err != nil {
				return err
			}
			if err := mailer.MailPasswordLink(r.Context(), connection, email); err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusAccepted, accepted{Status: "accepted"})
		},
	}
}

func (b resetBody) valid(defaultConnection string) (email, connection string, err error) {
	var faults valid.Faults
	faults.Require("email", b.Email, valid.KnownEmail)
	faults.Check("connection", b.Connection, valid.Connection)
	if err := faults.Err(); err != nil {
		return "", "", err
	}
	connection = defaultConnection
	if b.Connection != nil {
		connection = *b.Connection
	}
	return *b.Email, connection, nil
}
