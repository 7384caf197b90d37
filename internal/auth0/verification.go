package auth0

import (
	"context"
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

// verificationJob is the type of the provider's jobs that mail a verification link.
const verificationJob = "verification_email"

// SendVerification has the provider mail a link that verifies the user's address; see recovery.Verifier.
func (r Recovery) SendVerification(ctx context.Context, id limits.UserID) (recovery.VerificationEmail, error) {
	request := &management.CreateVerificationEmailRequestContent{UserID: id.String()}
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return verificationemail.NewClient(r.client.sdk).Create(ctx, request)
	})
	if err != nil {
		err = r.explainNoEmail(ctx, userProblem(err), id.String())
		return recovery.VerificationEmail{}, fmt.Errorf("send a verification email: %w", err)
	}
	job, err := r.client.jobIn(ctx, body)
	if err != nil {
		const cure = "Do not repeat the request: it would send another mail."
		unread := doneUnreadable(errIncomplete, cure, problem.Field{Field: "id", Detail: "is unknown"})
		return recovery.VerificationEmail{}, fmt.Errorf("send a verification email: %w", unread)
	}
	return verificationFrom(job), nil
}

// job is one of the provider's jobs.
type job struct {
	id, kind, status string
	createdAt        *time.Time
}

// jobIn reads the job in a response. It fails with errIncomplete if there is none.
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

// Verification returns a requested mail; see recovery.VerificationReader. The provider
// deletes its jobs after a day.
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
	case found.kind != verificationJob && found.kind != "": // "" if it is unreadable
		return recovery.VerificationEmail{}, noVerification(fmt.Errorf("the job is of type %q", bounded(found.kind)))
	}
	return verificationFrom(found), nil
}

func noVerification(cause error) error {
	const detail = "No verification email has this ID, or it was sent more than a day ago."
	return problem.VerificationEmailNotFound.Wrap(cause, detail)
}

// isMalformedID reports whether the provider refused the form of an ID in the path.
func isMalformedID(err error) bool {
	e := failureIn(err)
	return e.Status == http.StatusBadRequest && e.Code == "invalid_uri"
}

func verificationFrom(j job) recovery.VerificationEmail {
	email := recovery.VerificationEmail{ID: j.id, Status: recovery.Status(j.status), CreatedAt: j.createdAt}
	switch email.Status {
	case recovery.Pending, recovery.Processing, recovery.Completed, recovery.Failed:
	default: // an undocumented status: the mail is not sent yet
		email.Status = recovery.Processing
	}
	return email
}
