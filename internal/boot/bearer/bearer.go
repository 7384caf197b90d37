// Package bearer wires the authorizer, once in each process. It is separate from boot because the first
// call with a new token waits for the authorizer: the binary links only what it needs, and reads no secret.
package bearer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/authorizer"
	"usher/internal/boot/roots"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jwks"
	"usher/internal/metrics"
)

// Authorizer runs the Lambda that checks bearer tokens for the gateway. It does not return.
func Authorizer(handler func(authorizer.Options) authorizer.Handle) {
	roots.ReadOnce()
	cfg, err := config.AuthorizerFromEnv(os.Getenv)
	lambda.Start(OnToken(cfg, err, os.Stdout, handler))
}

// OnToken is the handler of Authorizer. With an invalid configuration it fails for every token and
// logs the cause each time. It then admits no caller, and does not report any token as invalid.
func OnToken(cfg config.Authorizer, wrong error, out io.Writer, handler func(authorizer.Options) authorizer.Handle) authorizer.Handle {
	log := httpapi.NewLog(out, cfg.LogLevel, os.Getenv("AWS_LAMBDA_FUNCTION_NAME"))
	o := authorizer.Options{Issuer: cfg.Issuer, Audience: cfg.Audience, Rule: authorizer.Rule(cfg.TokenRule), Now: time.Now, Log: log}
	o.Denied, o.Failed = count(cfg.MetricsService, out)
	if wrong == nil {
		o.Keys, wrong = Keys(cfg.Issuer)
	}
	if wrong != nil {
		return func(ctx context.Context, _ events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			log.ErrorContext(ctx, "the configuration is wrong", "error", wrong.Error())
			o.Failed()
			return events.APIGatewayCustomAuthorizerResponse{}, fmt.Errorf("the configuration is wrong: %w", wrong)
		}
	}
	return handler(o)
}

// Keys returns the keys of an issuer. They are fetched once an hour, so connections are not
// kept: after that time, possibly frozen, a connection is dead.
func Keys(issuer string) (authorizer.Keys, error) {
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	set, err := jwks.Discover(issuer, client, time.Now)
	if err != nil {
		return nil, err
	}
	return set, nil
}

// count returns the functions that write the metrics. Without a stack name they do nothing.
func count(service string, out io.Writer) (denied func(authorizer.Reason), failed func()) {
	if service == "" {
		return func(authorizer.Reason) {}, func() {}
	}
	w := metrics.New(out, service, time.Now)
	return func(reason authorizer.Reason) { w.Denied(string(reason)) }, w.Failed
}
