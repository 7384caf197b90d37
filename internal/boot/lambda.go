package boot

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/api"
	"usher/internal/boot/roots"
	"usher/internal/config"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/internal/metrics"
	"usher/internal/problem"
	"usher/internal/secrets"
)

// HTTP runs a Lambda that serves one operation. It does not return.
func HTTP(operation func(*Service) api.Operation) {
	cfg, err := begin()
	lambda.Start(Gateway(cfg, err, httpapi.NewLines(os.Stdout), operation))
}

// begin sets the process of a function up, and reads its configuration.
func begin() (config.Config, error) {
	roots.ReadOnce()
	collectLess(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	return config.FromEnv(os.Getenv)
}

// onLambda wires the service of a function; measures is nil for none.
func onLambda(cfg config.Config, log *slog.Logger, measures *metrics.Writer) *Service {
	credentials := secrets.NewManager(secrets.Options{SecretID: cfg.SecretID, TTL: cfg.SecretTTL, PlainHTTP: cfg.SAMLocal, Log: log, Failed: httpapi.CountSecretFailure})
	service := New(cfg, credentials, log, time.Now)
	service.measures = measures
	return service
}

// Gateway serves an operation to API Gateway's events. With an invalid configuration it
// returns a problem for every event. If the function did not start, the caller would get
// the gateway's own error, and the operator a crash loop.
func Gateway(cfg config.Config, wrong error, out *httpapi.Lines, operation func(*Service) api.Operation) lambda.Handler {
	log, measures := httpapi.NewLog(out, cfg.LogLevel, functionName()), measures(cfg, out)
	if cfg.SAMLocal {
		log.Warn("AWS_SAM_LOCAL is set: callers are not authenticated")
	}
	if cfg.AllowNobody { // logged as an error, so that no log level drops it
		log.Error("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS is true: any caller can use this function for every user")
	}
	serving := httpapi.ServeOptions{Log: log, Origin: gateway.Origin, Together: out.Together}
	if measures != nil {
		serving.Measure = measures.Write
	}
	handler, maxBody := handlerOf(cfg, wrong, serving, measures, operation)
	return gateway.New(handler, sender(cfg)).Lambda(maxBody)
}

// handlerOf returns the handler of an operation and the limit of its bodies, prepared for its first request if that is configured.
func handlerOf(cfg config.Config, wrong error, serving httpapi.ServeOptions, measures *metrics.Writer, operation func(*Service) api.Operation) (handler http.Handler, maxBody int) {
	log := serving.Log
	if wrong != nil {
		log.Error("the configuration is wrong", "error", wrong.Error())
		serving.Deadline = deadlineOf(cfg)
		server := api.Server{Authenticate: gateway.Authenticate, Fault: problem.ServiceMisconfigured.Wrap(wrong, "The service is misconfigured. See its log for the cause.")}
		return httpapi.Serve(server.Handler(), serving), httpapi.MaxBody
	}
	service := onLambda(cfg, log, measures)
	op := operation(service)
	handler = service.Handler(serving, gateway.Authenticate, op)
	if cfg.Provisioned {
		service.prepare(op, log, measures)
	}
	return handler, op.BodyLimit()
}

// functionName is the name of this Lambda function (Lambda's reserved environment variables).
func functionName() string { return os.Getenv("AWS_LAMBDA_FUNCTION_NAME") }

// sender returns the source of the events and how it authenticates callers.
func sender(cfg config.Config) gateway.Options {
	return gateway.Options{
		Bearer:      cfg.FrontendAuth == config.AuthBearer,
		AllowNobody: cfg.AllowNobody,
		SAMLocal:    cfg.SAMLocal,
		Now:         time.Now,
	}
}

// measures returns the writer of metrics, which are next to the log lines at any log level: alarms need
// them. It returns nil without a stack name and in sam local, where nothing reads metrics.
func measures(cfg config.Config, out io.Writer) *metrics.Writer {
	if cfg.MetricsService == "" || cfg.SAMLocal {
		return nil
	}
	return metrics.New(out, cfg.MetricsService, time.Now)
}
