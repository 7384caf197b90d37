package boot

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/metrics"
)

const (
	// mostOfStart bounds the preparation, its delay included. Lambda would allow 130 seconds
	// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Init phase"), but
	// requests wait for a process that replaces another one.
	mostOfStart = 2 * time.Second
	// longestDelay is the longest delay of a preparation. A deployment starts all processes at once, and
	// the delays keep them from calling the provider at once.
	longestDelay = time.Second
)

// prepare fetches what the first request of an operation needs. It is for provisioned concurrency, where
// processes start before any request, and returns before the process asks for its first event: afterwards
// Lambda may freeze it. A failure is logged and counted; the first request then fetches the same.
func (s *Service) prepare(op api.Operation, log *slog.Logger, measures *metrics.Writer) {
	ctx, cancel := context.WithTimeout(context.Background(), mostOfStart)
	defer cancel()
	time.Sleep(rand.N(longestDelay))
	begun := time.Now()
	err := s.client.Prepare(ctx, s.needs(op))
	took := slog.Int64("ms", time.Since(begun).Milliseconds())
	if err == nil {
		log.Info("prepared for the first request", took)
		return
	}
	log.Warn("the preparation for the first request failed", took, "error", err.Error())
	if measures != nil {
		measures.Unprepared()
	}
}

// needs returns what the requests of an operation need. The limits of front-ends look up the user of a
// token in the Management API.
func (s *Service) needs(op api.Operation) auth0.Needs {
	looksUp := op.ChecksToken && len(s.config.Limits.Connections()) > 0
	return auth0.Needs{Token: !op.NoToken || looksUp, Keys: op.ChecksToken}
}
