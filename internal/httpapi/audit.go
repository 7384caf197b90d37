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

// LevelAudit is the level of audit lines. It is above all others, so that no log level drops them.
const LevelAudit = slog.LevelError + 4

// LevelName names LevelAudit; it is for slog.HandlerOptions.ReplaceAttr.
func LevelName(groups []string, a slog.Attr) slog.Attr {
	if a.Key != slog.LevelKey || len(groups) > 0 { // first, since Any allocates and most attributes are others
		return a
	}
	if level, ok := a.Value.Any().(slog.Level); ok && level == LevelAudit {
		return slog.String(slog.LevelKey, "AUDIT")
	}
	return a
}

// NoteChange records the name of the request's change for the audit line; "" for a read.
func NoteChange(ctx context.Context, change string) { recordOf(ctx).change = change }

// Concerns records the ID of the request's user for the audit line.
func Concerns(ctx context.Context, userID string) { recordOf(ctx).user = userID }

// ConcernsOther records the ID of a second account of the request.
func ConcernsOther(ctx context.Context, userID string) { recordOf(ctx).otherUser = userID }

// maxCorrelationID is the length to which the provider cuts a correlation ID, in bytes.
const maxCorrelationID = 64

// CorrelationID returns the ID of the request in the provider's log: the request ID, or the
// hash of one that is too long.
func CorrelationID(ctx context.Context) string {
	id := RequestID(ctx)
	if len(id) <= maxCorrelationID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// logChange writes the audit line: caller, actor, change, user and outcome. Its only personal data
// are the users' IDs, without addresses, phone numbers and unknown forms.
func logChange(ctx context.Context, log *slog.Logger, status int) {
	rec := recordOf(ctx)
	if rec.change == "" {
		return
	}
	rec.logAudit(ctx, log, entry{change: rec.change, user: rec.user, otherUser: rec.otherUser, status: status, err: rec.err})
}

// entry is what an audit line says about one change.
type entry struct {
	change, user, otherUser string
	status                  int
	err                     error
}

func (rec *record) logAudit(ctx context.Context, log *slog.Logger, e entry) {
	caller := rec.caller
	attrs := append(rec.ids(),
		slog.String("correlation_id", CorrelationID(ctx)),
		slog.String("change", e.change),
		slog.String("user", loggedID(e.user)),
		slog.String("caller", bounded(caller.ID)),
		slog.String("account", caller.Account),
		slog.String("outcome", outcome(e.status, e.err)),
	)
	if rec.actor != "" {
		attrs = append(attrs, slog.String("actor", loggedID(rec.actor)))
	}
	if rec.job != "" {
		attrs = append(attrs, slog.String("job", rec.job))
	}
	if e.otherUser != "" {
		attrs = append(attrs, slog.String("other_user", loggedID(e.otherUser)))
	}
	if e.err != nil {
		attrs = append(attrs, slog.String("problem", problem.From(e.err).Kind.Code))
	}
	log.LogAttrs(ctx, LevelAudit, "audit", attrs...)
}

// The parts of an ID: the provider, possibly with the connection, and the provider's own ID.
var (
	idPrefix = regexp.MustCompile(`^(?:[a-z][a-z0-9-]{0,31})?\|(?:[A-Za-z][A-Za-z0-9-]{0,39}\|)?$`)
	idRest   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,43}$`)
	phone    = regexp.MustCompile(`^[0-9](?:[._-]*[0-9]){6,14}$`)
)

// numbering matches the providers whose IDs are numbers, so digits are not a phone number.
// All providers may have IDs of 24 hexadecimal digits.
var numbering = regexp.MustCompile(`^(?:github|google-oauth2|facebook|twitter|linkedin|apple|paypal|amazon|oauth2)\|$`)

// loggedID returns a user's ID for the log. An ID can contain personal data from a
// directory, a phone or a mailbox, and an invalid one can be a token. IDs of an unknown
// form are therefore hashed; a reader who knows the ID can compute the hash.
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

// outcome returns the outcome for the audit line. "failed" means that the provider's state is unknown.
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
