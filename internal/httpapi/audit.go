package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"usher/internal/problem"
)

// LevelAudit is the level of audit lines: above all others, so that no choice
// of a log level drops one.
const LevelAudit = slog.LevelError + 4

// LevelName gives LevelAudit its name; it is for slog.HandlerOptions.ReplaceAttr.
func LevelName(groups []string, a slog.Attr) slog.Attr {
	if level, ok := a.Value.Any().(slog.Level); ok && len(groups) == 0 && a.Key == slog.LevelKey && level == LevelAudit {
		return slog.String(slog.LevelKey, "AUDIT")
	}
	return a
}

// NoteChange notes the name of the change that the request makes, for the audit
// line; "" for a request that changes nothing.
func NoteChange(ctx context.Context, change string) { recordOf(ctx).change = change }

// Concerns notes the id of the user that the request is about, for the audit line.
func Concerns(ctx context.Context, userID string) { recordOf(ctx).user = userID }

// ConcernsOther notes the id of a second account that the request is about.
func ConcernsOther(ctx context.Context, userID string) { recordOf(ctx).otherUser = userID }

// maxCorrelationID is what the provider keeps of a correlation id, in bytes.
const maxCorrelationID = 64

// CorrelationID is the id by which the provider's log knows the request: the
// request's own, or a hash of one that is too long.
func CorrelationID(ctx context.Context) string {
	id := RequestID(ctx)
	if len(id) <= maxCorrelationID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// logChange writes the audit line: who did what to whom, and what became of it.
// It holds no personal data beyond the users' ids, and of those no address, no phone
// number, and nothing else of a form that is not known.
func logChange(ctx context.Context, log *slog.Logger, status int) {
	rec := recordOf(ctx)
	if rec.change == "" {
		return
	}
	caller := rec.caller
	attrs := append(rec.ids(),
		slog.String("correlation_id", CorrelationID(ctx)),
		slog.String("change", rec.change),
		slog.String("user", loggedID(rec.user)),
		slog.String("caller", bounded(caller.ID)),
		slog.String("account", caller.Account),
		slog.String("outcome", outcome(status, rec.err)),
	)
	if rec.otherUser != "" {
		attrs = append(attrs, slog.String("other_user", loggedID(rec.otherUser)))
	}
	if rec.err != nil {
		attrs = append(attrs, slog.String("problem", problem.From(rec.err).Kind.Code))
	}
	log.LogAttrs(ctx, LevelAudit, "audit", attrs...)
}

// Two parts of an id: the provider, with the connection where the id has one, and
// what they know the user by.
var (
	idPrefix = regexp.MustCompile(`^(?:[a-z][a-z0-9-]{0,31})?\|(?:[A-Za-z][A-Za-z0-9-]{0,39}\|)?$`)
	idRest   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,43}$`)
	phone    = regexp.MustCompile(`^[0-9](?:[._-]*[0-9]){6,14}$`)
)

// numbering are the providers that number their users, so that digits are no phone
// number. Ids of 24 hexadecimal digits are everybody's.
var numbering = regexp.MustCompile(`^(?:github|google-oauth2|facebook|twitter|linkedin|apple|paypal|amazon|oauth2)\|$`)

// loggedID is a user's id as a log may have it. What a directory, a phone or a mailbox
// gave the id may say who somebody is, and what was sent as an id may be anything, a
// token, too: only ids of a form that is known are shown, and of others a hash. A reader who
// knows the id finds its lines by the same hash.
func loggedID(id string) string {
	if id == "" {
		return ""
	}
	cut := strings.LastIndex(id, "|") + 1
	prefix, rest := id[:cut], id[cut:]
	if !idPrefix.MatchString(prefix) {
		prefix = ""
	}
	if prefix != "" && prefix[0] != '|' && idRest.MatchString(rest) && (!phone.MatchString(rest) || numbering.MatchString(prefix)) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return prefix + "sha256:" + hex.EncodeToString(sum[:8])
}

// outcome is "failed" where nobody knows what the provider has done.
func outcome(status int, err error) string {
	switch {
	case problem.Is(err, problem.PartlyUpdated):
		return "partly"
	case status >= http.StatusInternalServerError:
		return "failed"
	case status >= http.StatusBadRequest:
		return "refused"
	}
	return "done"
}
