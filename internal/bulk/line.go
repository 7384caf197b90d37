package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/problem"
)

// lineOf returns a checked line, with the record in the form that is stored. Package jobs checks the ref.
func lineOf(ref *string, record any, same ...string) (jobs.Line, error) {
	body, err := json.Marshal(record)
	if err != nil {
		return jobs.Line{}, fmt.Errorf("encode a record: %w", err)
	}
	line := jobs.Line{Body: body, Same: same}
	if ref != nil {
		line.Ref = *ref
	}
	return line, nil
}

// decodeStored decodes a stored record. Its numbers keep their digits.
func decodeStored(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("decode a stored record: %w", err)
	}
	return nil
}

// within adds the name of a member to the faults of its content.
func within(member string, err error) error {
	if !problem.Is(err, problem.InvalidRequest) {
		return err
	}
	fields := slices.Clone(problem.From(err).Fields)
	for i := range fields {
		fields[i].Field = member + "." + fields[i].Field
	}
	return problem.InvalidFields(fields)
}

// needs returns the check of a start that has no options: a token needs the scope of the single operations.
func needs(group permission.Name) func(api.Call, url.Values) (json.RawMessage, error) {
	return func(c api.Call, values url.Values) (json.RawMessage, error) {
		if err := c.CheckPermission(group); err != nil {
			return nil, err
		}
		return noOptions(c, values)
	}
}

// noOptions is the check of a start that has no options, if its records decide which scopes are needed.
func noOptions(_ api.Call, values url.Values) (json.RawMessage, error) {
	return nil, httpapi.QueryOf(values).Err()
}

// documented returns a problem as it is in a result.
func documented(r jobs.Run, err error) *problem.Document {
	document := problem.From(err).Document(r.Manifest().RequestID)
	return &document
}

// audit writes the audit lines of a record. A refusal by a rate limit has changed nothing, and is tried again.
func audit(ctx context.Context, r jobs.Run, userID string, err error, changes ...string) {
	if err != nil && problem.From(err).Kind.Status == http.StatusTooManyRequests && !problem.Is(err, problem.PartlyUpdated) {
		return
	}
	for _, change := range changes {
		r.Audit(ctx, change, userID, err)
	}
}
