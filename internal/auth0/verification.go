package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	jobsclient "github.com/auth0/go-auth0/v3/management/jobs/client"
	"github.com/auth0/go-auth0/v3/management/jobs/verificationemail"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/recovery"
)

// verificationJob is the type of the provider's jobs that mail a link to verify
// an address.
const verificationJob = "verification_email"

// SendVerification has the provider mail a link that verifies the user's
// address; see recovery.Verifier.
func (r Recovery) SendVerification(ctx context.Context, id limits.UserID) (recovery.VerificationEmail, error) {
	request := &management.CreateVerificationEmailRequestContent{UserID: id.String()}
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return verificationemail.NewClient(r.client.sdk).Create(ctx, request)
	})
	if err != nil {
		err = r.withoutEmail(ctx, ofOneUser(err), id.String())
		return recovery.VerificationEmail{}, fmt.Errorf("send a verification email: %w", err)
	}
	job, err := r.client.jobIn(ctx, body)
	if err != nil {
		unread := doneUnread(errIncomplete, "Do not repeat the request, or another mail goes out.", problem.Field{Field: "id", Detail: "is unknown"})
		return recovery.VerificationEmail{}, fmt.Errorf("send a verification email: %w", unread)
	}
	return verificationFrom(job), nil
}

// job is one of the provider's jobs.
type job struct {
	id, kind, status string
	createdAt        *time.Time
}

// jobIn reads the one job of an answer. It fails with errIncomplete where there is
// none.
func (c *Client) jobIn(ctx context.Context, body []byte) (j job, err error) {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return job{}, err
	}
	j = job{
		id: r.text("job.id", root.Get("id")), kind: r.text("job.type", root.Get("type")), status: r.text("job.status", root.Get("status")),
		createdAt: r.time("job.created_at", root.Get("created_at")),
	}
	if j.id == "" {
		return job{}, errIncomplete
	}
	return j, nil
}

// Verification returns a mail that was asked for; see
// recovery.VerificationReader. The provider forgets its jobs after a day.
func (r Recovery) Verification(ctx context.Context, id string) (recovery.VerificationEmail, error) {
	body, err := call(ctx, func(ctx context.Context) (any, error) { return jobsclient.NewClient(r.client.sdk).Get(ctx, id) })
	var found job
	if err == nil {
		found, err = r.client.jobIn(ctx, body)
	}
	switch {
	case hasStatus(err, http.StatusNotFound), isMalformedID(err):
		return recovery.VerificationEmail{}, noVerification(fmt.Errorf("get a job: %w", err))
	case err != nil:
		return recovery.VerificationEmail{}, fmt.Errorf("get a verification email: %w", providerProblem(err))
	case found.kind != verificationJob && found.kind != "": // which kind it is may not be legible
		return recovery.VerificationEmail{}, noVerification(fmt.Errorf("the job is of type %q", bounded(found.kind)))
	}
	return verificationFrom(found), nil
}

func noVerification(cause error) error {
	return problem.VerificationEmailNotFound.Wrap(cause, "No verification email has this id, or it was sent more than a day ago.")
}

// isMalformedID reports whether the provider found that an id in the path has
// not the form of its ids.
func isMalformedID(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusBadRequest && e.Code == "invalid_uri"
}

func verificationFrom(j job) recovery.VerificationEmail {
	email := recovery.VerificationEmail{ID: j.id, Status: recovery.Status(j.status), CreatedAt: j.createdAt}
	switch email.Status {
	case recovery.Pending, recovery.Processing, recovery.Completed, recovery.Failed:
	default: // one that is not documented; the mail is on its way still
		email.Status = recovery.Processing
	}
	return email
}
