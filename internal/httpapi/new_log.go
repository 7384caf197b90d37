package httpapi

import (
	"io"
	"log/slog"

	"usher/internal/version"
)

// NewLog returns the log of a Lambda function: JSON lines that name the function and
// its version. Audit lines are written at every level.
func NewLog(out io.Writer, level slog.Leveler, function string) *slog.Logger {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: LevelName})
	return slog.New(handler).With("function", function, "version", version.Number)
}
