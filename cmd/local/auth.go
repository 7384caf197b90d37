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

// The ways in which -auth authenticates front-ends.
const (
	authNone   = "none"   // not at all
	authIAM    = "iam"    // as the gateway does by default: AWS Signature Version 4
	authBearer = "bearer" // as it does with FrontendAuth=bearer: an issuer's access tokens
)

var authModes = []string{authNone, authIAM, authBearer}

// whoMayCall is what the first line at the start says of each.
var whoMayCall = map[string]string{
	authNone:   "Nobody is authenticated here.",
	authIAM:    "Calls have to be signed with AWS Signature Version 4 (service execute-api), with the key pair of the environment.",
	authBearer: "Calls have to carry a bearer token.",
}

// localRole is whom a rightly signed call comes from: a made-up role in a
// made-up account, in the form in which the gateway names roles.
var localRole = httpapi.Caller{
	Account: "000000000000",
	ID:      "arn:aws:sts::000000000000:assumed-role/local/session",
}

// authentication returns what authenticates callers in the gateway's place. Its
// refusals are the gateway's (GatewayResponses in template.yaml), with the reason in
// the log.
func authentication(opts options, set settings, getenv func(string) string) (boot.Authenticate, error) {
	switch opts.auth {
	case authNone:
		return api.Anonymous, nil
	case authBearer:
		rule, err := config.ParseTokenRule(opts.tokenRule)
		if err != nil {
			return nil, fmt.Errorf("-token-rule %q %w", opts.tokenRule, err)
		}
		return bearing(authorizer.Options{Issuer: issuerOf(opts, set), Audience: cmp.Or(opts.audience, localAudience), Rule: authorizer.Rule(rule)})
	}
	return signing(getenv)
}

// signing authenticates by AWS signatures.
func signing(getenv func(string) string) (boot.Authenticate, error) {
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
		return nil, errors.New("-auth iam needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment: any made-up pair that the front-end has, too")
	}
	return ofRoutes(func(r *http.Request) (api.Principal, error) {
		if err := verifier.Verify(r); err != nil {
			return api.Principal{}, gatewaysProblem(err)
		}
		return api.Principal{Caller: localRole}, nil
	}), nil
}

// ofRoutes authenticates calls of the routes that the gateway has. It answers all
// others as if they were not signed.
func ofRoutes(authenticate boot.Authenticate) boot.Authenticate {
	routes := http.NewServeMux() // for looking up only
	for _, group := range permission.All() {
		for _, route := range group.Routes {
			routes.Handle(route, http.NotFoundHandler())
		}
	}
	return func(r *http.Request) (api.Principal, error) {
		if _, route := routes.Handler(r); !strings.HasPrefix(route, r.Method+" ") { // a GET's takes HEAD, too
			return api.Principal{}, notSigned.Wrap(errors.New("no such route"), howToAuthenticate)
		}
		return authenticate(r)
	}
}

// notSigned is the gateway's own: no function answers with it.
var notSigned = problem.Kind{
	Code:   "not-authenticated-or-no-such-route",
	Status: http.StatusForbidden,
	Title:  "The caller is not authenticated, or there is no such route.",
}

const howToAuthenticate = "Sign the request with AWS Signature Version 4 (service execute-api) or send a bearer token, whichever this deployment takes, and check the method and the path."

func gatewaysProblem(err error) error {
	switch {
	case errors.Is(err, sigv4.ErrUnsigned):
		return notSigned.Wrap(err, howToAuthenticate)
	case errors.Is(err, sigv4.ErrTooLarge):
		return problem.BodyTooLarge.Wrap(err, "The gateway takes 10 MB at most.")
	}
	return problem.NotAuthenticated.Wrap(err, "The signature is wrong or has expired.")
}
