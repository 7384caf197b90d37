package boot

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/config"
	"usher/internal/httpapi"
)

// toAnswer is the part of a function's time that is reserved for logging a timeout.
const toAnswer = time.Second

// Handle handles the events of a function without routes.
type Handle[E slog.LogValuer] = func(context.Context, E) error

// Event runs a Lambda that is invoked by an event other than an API request. It does not return.
func Event[E slog.LogValuer](handler func(*Service) Handle[E]) {
	cfg, err := begin()
	lambda.Start(OnEvent(cfg, err, httpapi.NewLog(os.Stdout, cfg.LogLevel, functionName()), handler))
}

// OnEvent is the handler of Event: it handles each event before the function's deadline,
// and logs it once. With an invalid configuration every event fails.
func OnEvent[E slog.LogValuer](cfg config.Config, wrong error, log *slog.Logger, handler func(*Service) Handle[E]) Handle[E] {
	handle := func(context.Context, E) error { return fmt.Errorf("the configuration is wrong: %w", wrong) }
	if wrong == nil {
		handle = handler(onLambda(cfg, log, nil))
	}
	return func(ctx context.Context, event E) error {
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-toAnswer))
			defer cancel()
		}
		if err := handle(ctx, event); err != nil {
			log.ErrorContext(ctx, "event", "event", event, "error", err.Error())
			return err
		}
		log.InfoContext(ctx, "event", "event", event)
		return nil
	}
}
