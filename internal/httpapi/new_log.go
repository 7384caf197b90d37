package httpapi

import (
	"context"
	"io"
	"log/slog"

	"usher/internal/version"
)

// NewLog returns the log of a Lambda function: JSON lines that name the function and
// its version. Audit lines are written at every level.
func NewLog(out io.Writer, level slog.Leveler, function string) *slog.Logger {
	lines := NewLines(out) // one lock for both handlers
	handler := named{
		Handler: slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: level}),
		audit:   slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: level, ReplaceAttr: LevelName}),
	}
	return slog.New(handler).With("function", function, "version", version.Number)
}

// named writes audit lines with the name of their level. Only these pay for LevelName, which slog calls
// for every attribute.
type named struct {
	slog.Handler
	audit slog.Handler
}

// Handle implements slog.Handler.
func (n named) Handle(ctx context.Context, r slog.Record) error {
	if r.Level == LevelAudit {
		return n.audit.Handle(ctx, r)
	}
	return n.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (n named) WithAttrs(attrs []slog.Attr) slog.Handler {
	return named{n.Handler.WithAttrs(attrs), n.audit.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (n named) WithGroup(name string) slog.Handler {
	return named{n.Handler.WithGroup(name), n.audit.WithGroup(name)}
}
