package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	jobsclient "github.com/auth0/go-auth0/v3/management/jobs/client"
	"github.com/auth0/go-auth0/v3/management/jobs/usersimports"
	"github.com/tidwall/gjson"

	"usher/internal/imports"
	"usher/internal/problem"
)

// Imports implements imports.Provider.
type Imports struct{ client *Client }

// Imports returns the access to the tenant's imports of users.
func (c *Client) Imports() Imports { return Imports{client: c} }

// Connection returns the ID of a database connection; see imports.Provider.
func (i Imports) Connection(ctx context.Context, name string) (string, error) {
	fields := "id,name,strategy"
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return i.client.connections.List(ctx, &management.ListConnectionsQueryParameters{Name: &name, Fields: &fields})
	})
	r := i.client.reading(ctx)
	var found []gjson.Result
	if err == nil {
		_, found, err = r.list(body, "connections")
	}
	if err != nil {
		return "", fmt.Errorf("find a connection: %w", providerProblem(err))
	}
	for _, connection := range found {
		if r.exact("connection.name", connection.Get("name")) != name {
			continue
		}
		if r.exact("connection.strategy", connection.Get("strategy")) != "auth0" {
			return "", problem.Invalid("connection", "is not a database connection: only these can import users")
		}
		if id := r.exact("connection.id", connection.Get("id")); id != "" {
			return id, nil
		}
		return "", fmt.Errorf("find a connection: %w", providerProblem(errIncomplete))
	}
	return "", problem.Invalid("connection", "there is no such connection")
}

// Existing returns the user of a connection who has an address; see imports.Provider.
func (i Imports) Existing(ctx context.Context, connection, email string) (imports.Existing, error) {
	fields := "user_id,identities,app_metadata"
	found, err := i.client.byEmail(ctx, email, &fields)
	if err != nil {
		return imports.Existing{}, err
	}
	r := i.client.reading(ctx)
	for _, user := range found {
		own := r.identities(user.Get("identities"))
		isOf := func(identity identity) bool { return identity.connection == connection }
		if slices.ContainsFunc(own, isOf) || len(own) == 0 { // none can be read: it may be the user
			existing := imports.Existing{UserID: r.exact("user.user_id", user.Get("user_id"))}
			if kept := user.Get("app_metadata").Get(reservedMetadata); kept.IsObject() {
				existing.Reserved = []byte(kept.Raw)
			}
			return existing, nil
		}
	}
	return imports.Existing{}, nil
}

// importsPath is the endpoint that starts imports.
const importsPath = "/api/v2/jobs/users-imports"

// isThirdImport reports whether the provider refused an import because two others run. Its response looks
// like that of an exceeded rate limit, but the headers say that requests are left
// (https://auth0.com/docs/manage-users/user-migration/bulk-user-imports, "Concurrent import jobs").
func isThirdImport(r *http.Request, failure *Error) bool {
	return r.URL.Path == importsPath && failure.Status == http.StatusTooManyRequests && failure.left != 0
}

// Start starts an import; see imports.Provider.
func (i Imports) Start(ctx context.Context, im imports.Import) (string, error) {
	file, err := importFile(im.Users)
	if err != nil {
		return "", err
	}
	if _, err := i.client.tokens.Token(ctx); err != nil { // before the request, so that its failure starts nothing
		return "", fmt.Errorf("start an import: %w", providerProblem(err))
	}
	noMail := false // otherwise the provider mails all administrators of the tenant
	request := &management.CreateImportUsersRequestContent{
		Users: file, ConnectionID: im.ConnectionID, Upsert: &im.Upsert, SendCompletionEmail: &noMail,
	}
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return usersimports.NewClient(i.client.sdk).Create(ctx, request)
	})
	if err != nil {
		if f := failureIn(err); f.sent && (f.Status == 0 || f.Status >= http.StatusInternalServerError) {
			err = errors.Join(imports.ErrPerhapsStarted, providerProblem(err))
		}
		return "", fmt.Errorf("start an import: %w", providerProblem(err))
	}
	started, err := i.client.jobIn(ctx, body)
	if err != nil {
		return "", fmt.Errorf("start an import: %w", errors.Join(imports.ErrPerhapsStarted, providerProblem(err)))
	}
	return started.id, nil
}

// Job returns an import; see imports.Provider.
func (i Imports) Job(ctx context.Context, id string) (imports.Job, error) {
	body, err := call(ctx, func(ctx context.Context) (any, error) { return jobsclient.NewClient(i.client.sdk).Get(ctx, id) })
	var found job
	if err == nil {
		found, err = i.client.jobIn(ctx, body)
	}
	switch {
	case hasStatus(err, http.StatusNotFound):
		return imports.Job{Status: imports.Gone}, nil
	case err != nil:
		return imports.Job{}, fmt.Errorf("get an import: %w", providerProblem(err))
	}
	switch found.status {
	case "completed":
		return imports.Job{Status: imports.Completed, Failed: i.client.failedIn(ctx, body)}, nil
	case "failed":
		return imports.Job{Status: imports.Broken}, nil
	}
	return imports.Job{Status: imports.Runs}, nil
}

// failedIn returns the number of failed users in the summary of an import; nil if it is unreadable.
func (c *Client) failedIn(ctx context.Context, body []byte) *int {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return nil
	}
	n, ok := r.count("job.summary.failed", root.Get("summary.failed"))
	if !ok {
		return nil
	}
	return &n
}

// Exists reports whether the user with a record's ID exists; see imports.Provider.
func (i Imports) Exists(ctx context.Context, recordID string) (bool, error) {
	fields := "user_id"
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return i.client.users.Get(ctx, i.UserID(recordID), &management.GetUserRequestParameters{Fields: &fields})
	})
	if err == nil || hasStatus(err, http.StatusNotFound) {
		return err == nil, nil
	}
	return false, fmt.Errorf("look for an imported user: %w", providerProblem(err))
}

// UserID returns the ID of the user with a record's ID. The provider adds the prefix to every given ID.
func (Imports) UserID(recordID string) string { return databasePrefix + recordID }
