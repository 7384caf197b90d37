package boot

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/config"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/internal/metrics"
	"usher/internal/problem"
	"usher/internal/secrets"
)

// HTTP runs a Lambda that serves one operation. It does not return.
func HTTP(operation func(*Env) Operation) {
	cfg, err := config.FromEnv(os.Getenv)
	log := NewLog(os.Stdout, cfg.LogLevel)
	lambda.Start(Gateway(cfg, err, log, measure(cfg, os.Stdout), operation))
}

// Gateway serves an operation to API Gateway's events. With a wrong
// configuration it answers every one of them with a problem: a function that
// cannot start would leave its caller with the gateway's words, and its owner
// with a loop of crashes.
func Gateway(cfg config.Config, wrong error, log *slog.Logger, measure func(httpapi.Summary), operation func(*Env) Operation) gateway.Handler {
	if cfg.SAMLocal {
		log.Warn("AWS_SAM_LOCAL is set: nobody is authenticated")
	}
	if cfg.AllowNobody { // an error, so that no log level drops it
		log.Error("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS is true: whoever reaches this function can do all that it does, to every user")
	}
	serving := httpapi.ServeOptions{Log: log, Deadline: deadlineOf(cfg), Measure: measure}
	if wrong != nil {
		log.Error("the configuration is wrong", "error", wrong.Error())
		return Events(misconfigured(wrong), sender(cfg), serving)
	}
	credentials := secrets.NewManager(secrets.Options{SecretID: cfg.SecretID, TTL: cfg.SecretTTL, PlainHTTP: cfg.SAMLocal, Log: log, Failed: httpapi.CountSecretFailure})
	env := New(cfg, credentials, log, time.Now)
	return Events(env.Mux(operation(env)), sender(cfg), serving)
}

// sender is who sends the events, and on whose behalf.
func sender(cfg config.Config) gateway.Options {
	return gateway.Options{
		Bearer:      cfg.FrontendAuth == config.AuthBearer,
		AllowNobody: cfg.AllowNobody,
		SAMLocal:    cfg.SAMLocal,
		Now:         time.Now,
	}
}

// measure writes each request's metrics beside its log line, in any case: what
// LOG_LEVEL hides, the alarms must still see. Where the stack has no name, which
// is so on a developer's machine, nobody measures.
func measure(cfg config.Config, out io.Writer) func(httpapi.Summary) {
	if cfg.MetricsService == "" || cfg.SAMLocal {
		return nil
	}
	return metrics.New(out, cfg.MetricsService, time.Now).Write
}

// Events serves a handler to API Gateway's events. The id of a request is the
// gateway's where the caller sends none.
func Events(h http.Handler, from gateway.Options, serving httpapi.ServeOptions) gateway.Handler {
	from.Wrap = func(h http.Handler, requestID func(*http.Request) string) http.Handler {
		serving.FallbackID = requestID
		return httpapi.Serve(h, serving)
	}
	return gateway.New(h, from)
}

func misconfigured(wrong error) http.Handler {
	return httpapi.Handler(func(http.ResponseWriter, *http.Request) error {
		return problem.ServiceMisconfigured.Wrap(wrong, "The service is not configured rightly; its log says what is wrong.")
	})
}
