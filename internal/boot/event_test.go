package boot

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// happening is the event type of these tests.
type happening struct {
	ID string `json:"id"`
}

func (h happening) LogValue() slog.Value { return slog.GroupValue(slog.String("id", h.ID)) }

func TestOnEvent(t *testing.T) {
	wrong := errors.New("SECRET_ID is missing")
	failed := errors.New("it failed")
	tests := map[string]struct {
		wrong, err error
		level      string
	}{
		"success":               {nil, nil, "INFO"},
		"failed":                {nil, failed, "ERROR"},
		"a wrong configuration": {wrong, nil, "ERROR"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			handle := OnEvent(configured(), tt.wrong, slog.New(slog.NewJSONHandler(&log, nil)), func(env *Service) Handle[happening] {
				if env.Vault() == nil {
					t.Error("the service has no vault")
				}
				return func(context.Context, happening) error { return tt.err }
			})
			err := handle(t.Context(), happening{ID: "one"})
			want := errors.Join(tt.wrong, tt.err)
			if (err == nil) != (want == nil) || err != nil && !strings.Contains(err.Error(), want.Error()) {
				t.Errorf("%v, want %v", err, want)
			}
			if got := logged(t, &log, "event", "level"); got != tt.level {
				t.Errorf("logged as %s: %s", got, &log)
			}
			if got := logged(t, &log, "event", "event"); got != "map[id:one]" {
				t.Errorf("the logged event is %s", got)
			}
		})
	}
}

// A function that is stopped at its deadline cannot log the cause.
func TestAnEventEndsBeforeTheFunction(t *testing.T) { synctest.Test(t, endsBeforeTheFunction) }

func endsBeforeTheFunction(t *testing.T) {
	var left time.Duration
	handle := OnEvent(configured(), nil, slog.New(slog.DiscardHandler), func(*Service) Handle[happening] {
		return func(ctx context.Context, _ happening) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := handle(ctx, happening{}); err != nil || left != time.Minute-toAnswer {
		t.Errorf("%v, and %v are left of a minute", err, left)
	}
}
