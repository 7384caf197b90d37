// Package bearer wires the authorizer, once per process. It is apart from boot,
// which wires what talks to the provider: every new token's first call waits for
// the authorizer, so nothing is linked into it that it does not need, and it reads
// no secret.
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
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jwks"
	"usher/internal/metrics"
)

// Authorizer runs the Lambda that the gateway asks about bearer tokens. It does
// not return.
func Authorizer(handler func(authorizer.Options) authorizer.Handle) {
	cfg, err := config.AuthorizerFromEnv(os.Getenv)
	lambda.Start(OnToken(cfg, err, os.Stdout, handler))
}

// OnToken is what Authorizer runs. With a wrong configuration it fails whatever
// token comes, and logs why each time: nobody is let in, and nobody is told that
// their token is bad.
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

// Keys are those of an issuer. They are fetched once an hour: a connection that
// was kept that long, over a freeze too, is a dead one.
func Keys(issuer string) (authorizer.Keys, error) {
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	set, err := jwks.Discover(issuer, client, time.Now)
	if err != nil {
		return nil, err
	}
	return set, nil
}

// count returns what writes the metrics; where the stack has no name, nobody does.
func count(service string, out io.Writer) (denied func(authorizer.Reason), failed func()) {
	if service == "" {
		return func(authorizer.Reason) {}, func() {}
	}
	w := metrics.New(out, service, time.Now)
	return func(reason authorizer.Reason) { w.Denied(string(reason)) }, w.Failed
}
