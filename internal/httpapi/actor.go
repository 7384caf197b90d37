package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"usher/internal/problem"
	"usher/internal/valid"
)

// actorHeader names the staff user on whose behalf the front-end calls.
const actorHeader = "X-Actor"

// Actor returns the user ID in the header X-Actor; "" without the header. The ID is
// percent-encoded as in a path, because some clients and proxies change other characters.
// The caller chooses the ID, so it must not decide anything.
func Actor(r *http.Request) (string, error) {
	values := r.Header.Values(actorHeader)
	if len(values) == 0 {
		return "", nil
	}
	id, err := url.PathUnescape(values[0])
	if err != nil || len(values) > 1 || strings.ContainsFunc(values[0], needsEscape) {
		return "", problem.Invalid(actorHeader, "must be one user ID, percent-encoded as in a path")
	}
	if fault := valid.ID(id); fault != "" {
		return "", problem.Invalid(actorHeader, fault)
	}
	return id, nil
}

// needsEscape reports whether a character is not visible ASCII, or the comma with which
// proxies join the values of a repeated header.
func needsEscape(r rune) bool { return r <= ' ' || r > '~' || r == ',' }

// NoteActor records the actor for the log line and the audit line.
func NoteActor(ctx context.Context, userID string) { recordOf(ctx).actor = userID }
