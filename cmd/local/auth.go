package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"usher/cmd/local/internal/sigv4"
	"usher/internal/api"
	"usher/internal/authorizer"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// The values of -auth.
const (
	authNone   = "none"   // no authentication
	authIAM    = "iam"    // AWS Signature Version 4, the gateway's default
	authBearer = "bearer" // an issuer's access tokens, as with FrontendAuth=bearer
)

var authModes = []string{authNone, authIAM, authBearer}

// authNotice is part of the first line of output.
var authNotice = map[string]string{
	authNone:   "Callers are not authenticated.",
	authIAM:    "Sign calls with AWS Signature Version 4 (service execute-api) and the key pair in the environment.",
	authBearer: "Calls need a bearer token.",
}

// localRole is the caller of all signed calls: a fictitious role in the gateway's format.
var localRole = httpapi.Caller{
	Account: "000000000000",
	ID:      "arn:aws:sts::000000000000:assumed-role/local/session",
}

// authentication returns the authentication of callers, in place of the gateway's. Its
// problems are the gateway's (GatewayResponses in template.yaml). It logs the reasons.
func authentication(opts options, set settings, getenv func(string) string) (boot.Authenticate, error) {
	switch opts.auth {
	case authNone:
		return api.Anonymous, nil
	case authBearer:
		rule, err := config.ParseTokenRule(opts.tokenRule)
		if err != nil {
			return nil, fmt.Errorf("-token-rule %q %w", opts.tokenRule, err)
		}
		audience := cmp.Or(opts.audience, localAudience)
		o := authorizer.Options{Issuer: issuerOf(opts, set), Audience: audience, Rule: authorizer.Rule(rule)}
		return bearerAuthentication(o)
	}
	return iamAuthentication(getenv)
}

func iamAuthentication(getenv func(string) string) (boot.Authenticate, error) {
	verifier := sigv4.Verifier{
		Credentials: aws.Credentials{
			AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    getenv("AWS_SESSION_TOKEN"),
		},
		Region: getenv("AWS_REGION"),
		Now:    time.Now,
	}
	if verifier.Credentials.AccessKeyID == "" || verifier.Credentials.SecretAccessKey == "" {
		return nil, errors.New("-auth iam needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which can be fictitious")
	}
	return ofRoutes(func(r *http.Request) (api.Principal, error) {
		if err := verifier.Verify(r); err != nil {
			return api.Principal{}, signatureProblem(err)
		}
		return api.Principal{Caller: localRole}, nil
	}), nil
}

// ofRoutes authenticates only calls of existing routes. Like the gateway, it responds to all
// other calls as if they were not signed.
func ofRoutes(authenticate boot.Authenticate) boot.Authenticate {
	known := map[string]bool{} // a route may be in several groups
	for _, group := range permission.All() {
		for _, route := range group.Routes {
			known[route] = true
		}
	}
	routes := http.NewServeMux() // only for matching
	for route := range known {
		routes.Handle(route, http.NotFoundHandler())
	}
	return func(r *http.Request) (api.Principal, error) {
		if _, route := routes.Handler(r); !strings.HasPrefix(route, r.Method+" ") { // a GET pattern matches HEAD, too
			return api.Principal{}, notSigned.Wrap(errors.New("no such route"), howToAuthenticate)
		}
		return authenticate(r)
	}
}

// notSigned is a problem that only the gateway returns.
var notSigned = problem.Kind{
	Code:   "not-authenticated-or-no-such-route",
	Status: http.StatusForbidden,
	Title:  "The caller is not authenticated, or there is no such route.",
}

const howToAuthenticate = "Sign the request with AWS Signature Version 4 (service execute-api) " +
	"or send a bearer token, whichever this deployment takes, and check the method and the path."

// signatureProblem returns the gateway's problem for an error of package sigv4.
func signatureProblem(err error) error {
	switch {
	case errors.Is(err, sigv4.ErrUnsigned):
		return notSigned.Wrap(err, howToAuthenticate)
	case errors.Is(err, sigv4.ErrTooLarge):
		return problem.BodyTooLarge.Wrap(err, "The gateway accepts at most 10 MB.")
	}
	return problem.NotAuthenticated.Wrap(err, "The signature is wrong or has expired.")
}
