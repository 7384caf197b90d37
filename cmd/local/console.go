package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
	"usher/internal/config"
	"usher/internal/loopback"
	"usher/internal/secrets"
	"usher/localtenant"
)

// consoleURL returns the console's own address.
func (o options) consoleURL() string { return "http://" + o.consoleAddr }

// checkConsole fails if the console cannot start with these flags.
func (o options) checkConsole() error {
	host, port, err := net.SplitHostPort(o.consoleAddr)
	switch {
	case err != nil || port == "" || port == "0": // a sign-in returns to the address
		return fmt.Errorf("-console-addr %q: want HOST:PORT", o.consoleAddr)
	case !loopback.Is(host):
		return fmt.Errorf("-console-addr %s is not on loopback: sessions would pass the network in plain text", o.consoleAddr)
	case o.envFile != "" && o.consolePolicy == "":
		return errors.New("with -env, the console needs -console-policy, which names the staff's connection")
	case o.auth == authBearer && (o.envFile != "" || o.issuer != "" || o.audience != ""):
		return errors.New("with -auth bearer, the console starts only if the local tenant issues the tokens. Use cmd/console")
	}
	return nil
}

// allowConsole lets sign-ins and sign-outs return to the console.
func allowConsole(cfg *config.Config, opts options) {
	if !opts.console {
		return
	}
	cfg.RedirectURIs = append(cfg.RedirectURIs, opts.consoleURL()+"/callback")
	cfg.LogoutURIs = append(cfg.LogoutURIs, opts.consoleURL()+"/")
}

// consoleHandler returns the console. It calls the API over HTTP like any other front-end, with
// the credentials that -auth asks for.
func consoleHandler(opts options, set settings, getenv func(string) string, log *slog.Logger) (http.Handler, error) {
	staff := policy.Default(localtenant.StaffConnection)
	if opts.consolePolicy != "" {
		var err error
		if staff, err = console.ReadPolicy(opts.consolePolicy); err != nil {
			return nil, err
		}
	}
	return console.New(console.Options{
		URL: opts.consoleURL(), Usher: consoleClient(opts, set, getenv), Policy: staff,
		WithoutMFA: set.tenant != nil, Now: time.Now, Log: log.With("from", "console"),
	})
}

func consoleClient(opts options, set settings, getenv func(string) string) *usher.Client {
	base, timeout := "http://"+reachable(set.addr), usher.Timeout+opts.deadline
	switch opts.auth {
	case authIAM:
		pair := aws.Credentials{
			AccessKeyID: getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: getenv("AWS_SESSION_TOKEN"),
		}
		provider := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return pair, nil })
		return usher.New(base, timeout, usher.Signed(provider, cmp.Or(getenv("AWS_REGION"), "eu-central-1")))
	case authBearer:
		return usher.New(base, timeout, nil).WithTokens(usher.TokenSource{
			URL:      secrets.Credentials(set.credentials).BaseURL() + "/oauth/token",
			ClientID: localFrontend, ClientSecret: localFrontend + localSecretEnd, Audience: localAudience, Now: time.Now,
		})
	}
	return usher.New(base, timeout, nil)
}

// reachable returns an address of this machine for one that listens on all interfaces.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// consoleNotice says how to sign in to the console.
func consoleNotice(s settings, opts options) string {
	if s.tenant == nil {
		return fmt.Sprintf("The console is on %s and asks for a second factor. The tenant's application must allow %s/callback and %s/.",
			opts.consoleURL(), opts.consoleURL(), opts.consoleURL())
	}
	emails := localtenant.StaffEmails()
	return fmt.Sprintf("The console is on %s, without a second factor. Sign in there as %s (usher-support) or %s (usher-admin) with the password %s.",
		opts.consoleURL(), emails["usher-support"], emails["usher-admin"], localtenant.SamplePassword)
}
