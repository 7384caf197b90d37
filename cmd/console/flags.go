package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"time"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// The values of -auth.
const (
	authIAM    = "iam"
	authBearer = "bearer"
	authNone   = "none"
)

// Environment variables.
const (
	secretEnv = "CONSOLE_CLIENT_SECRET" // for bearer tokens
	policyEnv = "CONSOLE_POLICY"        // the text of the policy file: containers have no easy way to get a file
)

// options holds the command-line flags.
type options struct {
	addr, url, usher, policy     string
	policyText                   string
	auth                         string
	iamPolicy                    string // the API's ARN, to print a policy and end
	tokenURL, clientID, audience string
}

func parseFlags(args []string, getenv func(string) string, out io.Writer) (options, error) {
	o := options{policyText: getenv(policyEnv)}
	flags := flag.NewFlagSet("console", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.addr, "addr", ":8080", "`host:port` to listen on, in plain HTTP behind a load balancer")
	flags.StringVar(&o.url, "url", "", "the console's own `URL`, as browsers know it: https://HOST")
	flags.StringVar(&o.usher, "usher", "", "the `URL` of Usher, on AWS with the stage")
	flags.StringVar(&o.policy, "policy", "", "the policy `file` (docs/console.md). Without it, "+policyEnv+" has its text")
	flags.StringVar(&o.auth, "auth", authIAM, "how to authenticate at Usher: iam signs with the credentials of the role, "+
		"bearer gets tokens with the secret in "+secretEnv+", none is for a Usher on this machine")
	flags.StringVar(&o.tokenURL, "token-url", "", "with -auth bearer, the issuer's `URL` for tokens")
	flags.StringVar(&o.clientID, "client-id", "", "with -auth bearer, the console's client `ID`")
	flags.StringVar(&o.audience, "audience", "", "with -auth bearer, Usher's FrontendAudience")
	flags.StringVar(&o.iamPolicy, "iam-policy", "", "print the IAM policy that the console's role needs with this -policy, and end. "+
		"The value is the API's `ARN`: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.iamPolicy != "" {
		return o, o.checkPolicy()
	}
	return o, o.check()
}

// checkPolicy fails if it is not clear who is staff.
func (o options) checkPolicy() error {
	switch {
	case o.policy == "" && o.policyText == "":
		return errors.New("-policy is missing")
	case o.policy != "" && o.policyText != "":
		return errors.New("-policy and " + policyEnv + " exclude each other")
	}
	return nil
}

// staff reads the policy.
func (o options) staff() (policy.Policy, error) {
	if o.policy != "" {
		return console.ReadPolicy(o.policy)
	}
	p, err := policy.Parse([]byte(o.policyText))
	if err != nil {
		return p, fmt.Errorf("%s:\n%w", policyEnv, err)
	}
	return p, nil
}

func (o options) check() error {
	var faults []error
	for _, f := range []struct{ name, value string }{{"-url", o.url}, {"-usher", o.usher}} {
		if f.value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", f.name))
		}
	}
	faults = append(faults, o.checkPolicy())
	if o.usher != "" && !isPrivate(o.usher) {
		faults = append(faults, errors.New("-usher must be https://… unless it is on this machine: personal data and credentials go there"))
	}
	given := o.tokenURL != "" || o.clientID != "" || o.audience != ""
	switch o.auth {
	case authBearer:
		if o.clientID == "" || o.audience == "" || !isPrivate(o.tokenURL) {
			faults = append(faults, errors.New("-auth bearer needs -client-id, -audience and -token-url with an https URL"))
		}
	case authNone:
		if !console.IsLoopback(o.usher) {
			faults = append(faults, errors.New("-auth none is only for a Usher on this machine"))
		}
	case authIAM:
	default:
		faults = append(faults, fmt.Errorf("-auth %q is not one of iam, bearer, none", o.auth))
	}
	if given && o.auth != authBearer {
		faults = append(faults, errors.New("-token-url, -client-id and -audience require -auth bearer"))
	}
	return errors.Join(faults...)
}

// isPrivate reports whether the connection to a URL is encrypted or stays on this machine.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || console.IsLoopback(address))
}

// client returns a client of Usher with the credentials that the flags ask for.
func client(ctx context.Context, o options, getenv func(string) string) (*usher.Client, error) {
	switch o.auth {
	case authNone:
		return usher.New(o.usher, usher.Timeout, nil), nil
	case authBearer:
		secret := getenv(secretEnv)
		if secret == "" {
			return nil, fmt.Errorf("-auth bearer needs the client secret in %s", secretEnv)
		}
		return usher.New(o.usher, usher.Timeout, nil).WithTokens(usher.TokenSource{
			URL: o.tokenURL, ClientID: o.clientID, ClientSecret: secret, Audience: o.audience, Now: time.Now,
		}), nil
	}
	sign, err := usher.SignedHere(ctx)
	if err != nil {
		return nil, err
	}
	return usher.New(o.usher, usher.Timeout, sign), nil
}
