package auth0

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	joberrors "github.com/auth0/go-auth0/v3/management/jobs/errors"
	"github.com/tidwall/gjson"

	"usher/internal/imports"
	"usher/internal/problem"
)

// Failures returns the users whom an import did not import; see imports.Provider. The provider answers with
// a list, with the job if it is the whole file that failed, or with 204 and no body.
func (i Imports) Failures(ctx context.Context, id string) ([]imports.Failure, error) {
	body, err := call(ctx, func(ctx context.Context) (any, error) { return joberrors.NewClient(i.client.sdk).Get(ctx, id) })
	switch {
	case hasStatus(err, http.StatusNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("get the failures of an import: %w", providerProblem(err))
	case len(body) == 0:
		return nil, nil
	}
	r := i.client.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return nil, fmt.Errorf("get the failures of an import: %w", providerProblem(err))
	}
	var failures []imports.Failure
	if root.IsArray() {
		for _, item := range root.Array() {
			failures = append(failures, r.failure(item))
		}
	}
	return failures, nil
}

func (r *reading) failure(v gjson.Result) imports.Failure {
	user := v.Get("user")
	text := func(name string) string { return r.exact("import.errors.user."+name, user.Get(name)) }
	return imports.Failure{
		UserID: text("user_id"), Email: text("email"), Username: text("username"), PhoneNumber: text("phone_number"),
		Problem: r.failureProblem(v.Get("errors")),
	}
}

// failureProblem returns the problem of a user with some errors. The first error that is not about the form
// of a member decides.
func (r *reading) failureProblem(list gjson.Result) *problem.Error {
	var fields []problem.Field
	var cause error
	for _, item := range list.Array() {
		e := importError{
			code: r.text("import.errors.code", item.Get("code")), message: r.text("import.errors.message", item.Get("message")),
			path: r.text("import.errors.path", item.Get("path")),
		}
		cause = cmp.Or(cause, error(&Error{Status: http.StatusBadRequest, Code: bounded(e.code)}))
		if p := e.problem(cause); p != nil {
			return p
		}
		if field := e.field(); field != "" {
			fields = append(fields, problem.Field{Field: field, Detail: "the identity provider refuses this value"})
		}
	}
	switch len(fields) {
	case 0:
		return problem.InvalidRequest.Wrap(cause, "The identity provider refuses a value, or the combination of values.")
	case 1:
		return problem.InvalidRequest.Wrap(cause, fields[0].Field+": "+fields[0].Detail, fields...)
	}
	return problem.InvalidRequest.Wrap(cause, "The identity provider refuses some values.", fields...)
}

// importError is an error of a user in an import.
type importError struct{ code, message, path string }

// problem returns the problem of an error that is not about the form of a member; nil for others. The codes
// are those of https://auth0.com/docs/manage-users/user-migration/bulk-user-imports.
func (e importError) problem(cause error) *problem.Error {
	const hash = "custom_password_hash"
	switch {
	case strings.Contains(e.message, hash) && strings.Contains(e.message, "already"):
		const detail = "cannot be replaced: the user has another password hash, or has signed in with it"
		return problem.InvalidRequest.Wrap(cause, hash+": "+detail, problem.Field{Field: hash, Detail: detail})
	case strings.Contains(e.message, "already provided"):
		return problem.DuplicateRecord.Wrap(cause, "An earlier record of the job is about the same user.")
	case e.code == "CONNECTION_NOT_FOUND":
		return problem.InvalidRequest.Wrap(cause, "connection: there is no such connection", problem.Field{Field: "connection", Detail: "there is no such connection"})
	case e.code == "MFA_FACTORS_FAILED":
		const detail = "The user was imported without the second factors. Add them with POST /mfa/{id}/enrollments."
		return problem.PartlyUpdated.Wrap(cause, detail, problem.Field{Field: "mfa_factors", Detail: "were not imported"})
	case e.code == "DUPLICATED_USER", strings.HasPrefix(e.code, "CONFLICT"):
		return problem.UserExists.Wrap(cause, takenDetail)
	}
	return nil
}

// inMessage matches the name of a member in the provider's texts, for errors without a path.
var inMessage = regexp.MustCompile(`(?:Error in|property:?) ([A-Za-z_\[\]0-9.]+)`)

// importNames are the provider's names for members that differ from those in the file.
var importNames = map[string]string{"passwordHash": "password_hash", "user_metadata": "metadata"}

// importMembers are the members of a user to import.
var importMembers = map[string]bool{
	"email": true, "email_verified": true, "phone_number": true, "phone_verified": true, "username": true, "name": true,
	"given_name": true, "family_name": true, "nickname": true, "picture": true, "blocked": true, "metadata": true,
	"app_metadata": true, "password_hash": true, "custom_password_hash": true, "mfa_factors": true,
}

// field returns the name of the member that an error is about; "" if it is unknown. The provider's paths are
// those in its database.
func (e importError) field() string {
	path := e.path
	if path == "" {
		if found := inMessage.FindStringSubmatch(e.message); found != nil {
			path = found[1]
		}
	}
	path = strings.TrimPrefix(path, "identities[0].profileData.")
	if end := strings.IndexAny(path, ".["); end >= 0 {
		path = path[:end]
	}
	name := cmp.Or(importNames[path], path)
	if !importMembers[name] {
		return ""
	}
	return name
}
