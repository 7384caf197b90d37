package bearer_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"usher/internal/authorizer"
	"usher/internal/boot/bearer"
	"usher/internal/config"
)

// started returns the authorizer of a configuration and its output.
func started(cfg config.Authorizer, wrong error) (authorizer.Handle, *bytes.Buffer) {
	out := &bytes.Buffer{}
	cfg.MetricsService = "usher-test"
	return bearer.OnToken(cfg, wrong, out, authorizer.Authorize), out
}

// nowhere is the configuration of an unreachable issuer.
var nowhere = config.Authorizer{Issuer: "http://127.0.0.1:1/", Audience: "https://usher.example/"}

// With an invalid configuration every token fails, none is reported as invalid, and each
// failure is logged and counted.
func TestAnInvalidConfigurationAdmitsNoCaller(t *testing.T) {
	tests := map[string]struct {
		cfg   config.Authorizer
		wrong error
		says  string
	}{
		"nothing is set": {config.Authorizer{}, errors.New("FRONTEND_ISSUER is missing"), "FRONTEND_ISSUER is missing"},
		"an http issuer": {config.Authorizer{Issuer: "http://tenant.example/", Audience: "a"}, nil, "is not an https URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			handle, out := started(tt.cfg, tt.wrong)
			for n := range 2 {
				answer, err := handle(t.Context(), events.APIGatewayCustomAuthorizerRequest{AuthorizationToken: "Bearer a.b.c"})
				if err == nil || errors.Is(err, authorizer.ErrUnauthorized) || answer.PrincipalID != "" {
					t.Errorf("%+v, %v", answer, err)
				}
				if strings.Count(out.String(), tt.says) != n+1 || strings.Count(out.String(), `"AuthorizerFailures":1`) != n+1 {
					t.Errorf("after %d calls:\n%s", n+1, out)
				}
			}
		})
	}
}

// The authorizer gets the configured token rule.
func TestTheAuthorizerGetsTheConfiguredRule(t *testing.T) {
	var got authorizer.Options
	cfg := nowhere
	cfg.TokenRule = config.TokenRule{Client: "cid", Claim: "sub", Text: "{client}"}
	bearer.OnToken(cfg, nil, &bytes.Buffer{}, func(o authorizer.Options) authorizer.Handle { got = o; return nil })
	if diff := cmp.Diff(authorizer.Rule{Client: "cid", Claim: "sub", Text: "{client}"}, got.Rule); diff != "" || got.Issuer != cfg.Issuer || got.Audience != cfg.Audience {
		t.Errorf("%+v\n%s", got, diff)
	}
}

func TestTheResultOfATokenIsCounted(t *testing.T) {
	handle, out := started(nowhere, nil)
	_, err := handle(t.Context(), events.APIGatewayCustomAuthorizerRequest{AuthorizationToken: "Basic abc"})
	if !errors.Is(err, authorizer.ErrUnauthorized) || !strings.Contains(out.String(), `"Code":"malformed","AuthorizerDenials":1`) {
		t.Errorf("%v\n%s", err, out)
	}
	out.Reset()
	// {"alg":"ES256","kid":"k"}, {} and a signature
	_, err = handle(t.Context(), events.APIGatewayCustomAuthorizerRequest{AuthorizationToken: "Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.e30.AAAA"})
	if err == nil || errors.Is(err, authorizer.ErrUnauthorized) || !strings.Contains(out.String(), `"AuthorizerFailures":1`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// A developer's machine has no stack and no metrics.
func TestNoMetricsWithoutAStack(t *testing.T) {
	out := &bytes.Buffer{}
	handle := bearer.OnToken(nowhere, nil, out, authorizer.Authorize)
	if _, err := handle(t.Context(), events.APIGatewayCustomAuthorizerRequest{}); !errors.Is(err, authorizer.ErrUnauthorized) || strings.Contains(out.String(), "_aws") {
		t.Errorf("%v\n%s", err, out)
	}
}
