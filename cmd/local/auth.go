package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"usher/internal/authorizer"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/sigv4"
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

// caller is who calls, and where a token says what its holder may do, the gate that asks it.
type caller struct {
	httpapi.Caller
	may func(route string) error // nil where nothing is asked
}

// authentication returns what stands before the service in the gateway's place.
func authentication(opts options, set settings, getenv func(string) string, log *slog.Logger) (func(http.Handler) http.Handler, error) {
	switch opts.auth {
	case authNone:
		return func(h http.Handler) http.Handler { return h }, nil
	case authBearer:
		rule, err := config.ParseTokenRule(opts.tokenRule)
		if err != nil {
			return nil, fmt.Errorf("-token-rule %q %w", opts.tokenRule, err)
		}
		return bearing(authorizer.Options{Issuer: issuerOf(opts, set), Audience: cmp.Or(opts.audience, localAudience), Rule: authorizer.Rule(rule)}, log)
	}
	return signing(getenv, log)
}

func signing(getenv func(string) string, log *slog.Logger) (func(http.Handler) http.Handler, error) {
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
	return func(h http.Handler) http.Handler { return signed(h, verifier, log) }, nil
}

// signed lets only rightly signed calls through.
func signed(h http.Handler, verifier sigv4.Verifier, log *slog.Logger) http.Handler {
	return guarded(h, log, func(r *http.Request) (caller, error) {
		if err := verifier.Verify(r); err != nil {
			return caller{}, gatewaysProblem(err)
		}
		return caller{Caller: localRole}, nil
	})
}

// ofRoutes is identify for the routes that the gateway has. To it all others are as if
// nobody had signed them.
func ofRoutes(identify func(*http.Request) (caller, error)) func(*http.Request) (caller, error) {
	routes := http.NewServeMux() // for looking up alone
	for _, group := range permission.All() {
		for _, route := range group.Routes {
			routes.Handle(route, http.NotFoundHandler())
		}
	}
	return func(r *http.Request) (caller, error) {
		if _, route := routes.Handler(r); !strings.HasPrefix(route, r.Method+" ") { // a GET's takes HEAD, too
			return caller{}, notSigned.Wrap(errors.New("no such route"), howToAuthenticate)
		}
		return identify(r)
	}
}

// guarded lets through whom identify names, and finds no fault with. The refusals are those of the gateway
// (GatewayResponses in template.yaml), with the reason in the log.
func guarded(h http.Handler, log *slog.Logger, identify func(*http.Request) (caller, error)) http.Handler {
	type reason struct{}
	refuse := httpapi.Serve(httpapi.Handler(func(w http.ResponseWriter, r *http.Request) error {
		why, _ := r.Context().Value(reason{}).(error)
		if refusal := (*authorizer.Refusal)(nil); errors.As(why, &refusal) {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		return why
	}), httpapi.ServeOptions{Log: log, Deadline: time.Second})
	identify = ofRoutes(identify)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := identify(r)
		ctx := httpapi.WithCaller(r.Context(), who.Caller)
		if who.may != nil {
			ctx = httpapi.WithGate(ctx, who.may)
		}
		if err != nil {
			refuse.ServeHTTP(w, r.WithContext(context.WithValue(ctx, reason{}, err)))
			return
		}
		h.ServeHTTP(w, r.WithContext(ctx))
	})
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
