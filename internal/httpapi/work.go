package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"usher/internal/problem"
)

// Work identifies work that continues after its request.
type Work struct {
	RequestID string // of the request
	Caller    Caller
	Actor     string // the staff user for whom the caller acts; "" for none
	Job       string // the ID of the job
}

// WithWork returns the context of work outside of requests. It counts provider calls from 0.
func WithWork(ctx context.Context, w Work) context.Context {
	rec := &record{requestID: w.RequestID, caller: w.Caller, actor: w.Actor, job: w.Job, counts: Counts{ProviderLeft: -1}}
	return context.WithValue(ctx, recordKey{}, rec)
}

// NoteJob records the ID of a job for the audit line.
func NoteJob(ctx context.Context, id string) { recordOf(ctx).job = id }

// CountsOf returns what the work has taken so far.
func CountsOf(ctx context.Context) Counts {
	rec := recordOf(ctx)
	rec.counting.Lock()
	defer rec.counting.Unlock()
	return rec.counts
}

// LogWork writes a log line about work, with its IDs and counts. An error makes it an error line.
func LogWork(ctx context.Context, log *slog.Logger, message string, err error, attrs ...slog.Attr) {
	rec, counts := recordOf(ctx), CountsOf(ctx)
	attrs = append(rec.ids(), attrs...)
	attrs = append(attrs, slog.String("job", rec.job), slog.Int64("provider_calls", counts.ProviderCalls), slog.Int64("provider_ms", counts.ProviderTime.Milliseconds()))
	attrs = append(attrs, rare(Summary{Counts: counts})...)
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", bounded(err.Error())))
	}
	log.LogAttrs(ctx, level, message, attrs...)
}

// Audit writes the audit line of a change of one user during work; err is nil for a change that was made.
func Audit(ctx context.Context, log *slog.Logger, change, userID string, err error) {
	status := http.StatusOK
	if err != nil {
		status = problem.From(err).Kind.Status
	}
	recordOf(ctx).logAudit(ctx, log, entry{change: change, user: userID, status: status, err: err})
}
