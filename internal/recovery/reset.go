package recovery

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Mailer mails whoever has the address in the connection a link to set a
// password. It succeeds whether or not anybody has. Its errors are problems:
// invalid-request for a connection without passwords, and those of a failing
// provider.
type Mailer interface {
	MailPasswordLink(ctx context.Context, connection, email string) error
}

type resetBody struct {
	Email      *string `json:"email"`
	Connection *string `json:"connection"`
}

// accepted is the answer to every reset. It is the same whether or not the
// address exists, and so are the provider calls: one, and no look-up.
type accepted struct {
	Status string `json:"status"`
}

// ResetPassword serves POST /password-resets. The address is looked for in
// defaultConnection unless the body names another.
func ResetPassword(mailer Mailer, defaultConnection string) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		var body resetBody
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		email, connection, err := body.valid(defaultConnection)
		if err != nil {
			return err
		}
		if err := limits.Of(r.Context()).Connection(connection); err != nil {
			return err
		}
		if err := mailer.MailPasswordLink(r.Context(), connection, email); err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusAccepted, accepted{Status: "accepted"})
	}
	return httpapi.Operation{Routes: []string{"POST /password-resets"}, Handler: handler, Change: "password-reset.request"}
}

func (b resetBody) valid(defaultConnection string) (email, connection string, err error) {
	var wrong []problem.Field
	if b.Email == nil {
		wrong = append(wrong, problem.Field{Field: "email", Detail: "is missing"})
	} else if fault := httpapi.FaultOfAskedEmail(*b.Email); fault != "" {
		wrong = append(wrong, problem.Field{Field: "email", Detail: fault})
	} else {
		email = *b.Email
	}
	connection = defaultConnection
	if b.Connection != nil {
		connection = *b.Connection
		if !httpapi.IsConnection(connection) {
			wrong = append(wrong, problem.Field{Field: "connection", Detail: "is not the name of a connection"})
		}
	}
	return email, connection, problem.InvalidFields(wrong)
}
