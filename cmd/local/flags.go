package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"usher/internal/loopback"
	"usher/internal/boot"
	"usher/localtenant"
)

const (
	defaultAddr       = "127.0.0.1:3000"
	defaultTenantAddr = "127.0.0.1:3001"
)

// options are the command line.
type options struct {
	addr        string // "" where not given
	tenantAddr  string
	envFile     string
	usersFile   string
	allowRemote bool
	auth        string // one of authModes
	frontend    string // "" for none
	logoutURLs  []string
	machines    []localtenant.Machine // beside those of addFrontends
	quirks      bool
	limitsFile  string // "" for none
	issuer      string // of bearer tokens; "" for the tenant that is used
	audience    string // "" for the local tenant's API
	tokenRule   string // "" for Auth0's
	deadline    time.Duration
}

func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.addr, "addr", "", "where the API listens (default "+defaultAddr+", or with -env where a REDIRECT_URI on loopback says)")
	flags.StringVar(&o.tenantAddr, "tenant-addr", defaultTenantAddr, "where the local tenant listens")
	flags.StringVar(&o.envFile, "env", "", "use the real tenant that this `file` describes, instead of a local one")
	flags.StringVar(&o.usersFile, "users", "", "in place of the local tenant's sample users, those of a `file` in the format of Auth0's import")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "let other machines in: unless -auth says how they are authenticated, they could manage every user; and everybody knows the local tenant's credentials")
	flags.StringVar(&o.auth, "auth", authNone, "how front-ends are authenticated: "+strings.Join(authModes, ", ")+"; iam checks AWS signatures with the key pair of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (any will do), bearer checks access tokens")
	flags.StringVar(&o.issuer, "issuer", "", "with -auth bearer, the `URL` of who issues the tokens, exactly as in their iss (default the tenant)")
	flags.StringVar(&o.audience, "audience", "", "with -auth bearer, what the tokens' aud has to hold (default "+localAudience+", an API of the local tenant)")
	flags.StringVar(&o.tokenRule, "token-rule", "", "with -auth bearer and another issuer than Auth0, the `rule` by which tokens are an application's own (docs/bearer.md), such as \"client=azp; idtyp=app\"")
	flags.StringVar(&o.frontend, "frontend", "", "let the local tenant return to this front-end, by its `URL`: sign-ins to its /callback, sign-outs to its /")
	flags.Func("logout", "let sign-outs return to this `URL`, too: by the service and by the local tenant; may be repeated", func(s string) error {
		o.logoutURLs = append(o.logoutURLs, s)
		return nil
	})
	flags.Func("machine", "one more machine client of the local tenant, as `ID:SECRET:AUDIENCE:SCOPES`, the scopes divided by spaces or commas; may be repeated", func(s string) error {
		m, err := localtenant.ParseMachine(s)
		o.machines = append(o.machines, m)
		return err
	})
	flags.BoolVar(&o.quirks, "quirks", false, "let the local tenant answer in the odd forms that real ones have (docs/local-tenant.md)")
	flags.StringVar(&o.limitsFile, "limits", "", "limit single front-ends as the policy document in this `file` says (docs/limits.md); it takes an -auth that tells front-ends apart")
	flags.DurationVar(&o.deadline, "deadline", boot.Deadline, "how long one request may take: longer for a debugger, or a slow machine")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	return o, o.check(flags.Args())
}

// check finds what does not go together.
func (o options) check(arguments []string) error {
	if len(arguments) > 0 {
		return fmt.Errorf("unexpected argument %q", arguments[0])
	}
	if o.deadline <= 0 {
		return errors.New("-deadline must be longer than nothing")
	}
	if o.envFile != "" && (o.usersFile != "" || o.frontend != "" || o.logoutURLs != nil || o.machines != nil || o.quirks) {
		return errors.New("-users, -frontend, -logout, -machine and -quirks are for the local tenant; they do not go with -env")
	}
	if !slices.Contains(authModes, o.auth) {
		return fmt.Errorf("-auth %q is not one of: %s", o.auth, strings.Join(authModes, ", "))
	}
	if o.auth != authBearer && (o.issuer != "" || o.audience != "" || o.tokenRule != "") {
		return errors.New("-issuer, -audience and -token-rule are of bearer tokens; they go with -auth bearer")
	}
	if o.auth == authBearer && o.audience == "" && (o.issuer != "" || o.envFile != "") {
		return errors.New("-auth bearer needs -audience, unless the local tenant issues the tokens: what does their aud have to hold?")
	}
	if o.limitsFile != "" && o.auth == authNone {
		return errors.New("-limits does not go with -auth none: where nobody is authenticated, nobody can be told from others")
	}
	danger := "other machines would reach it"
	if o.auth == authNone {
		danger = "nobody is authenticated here, so every machine that reaches it could manage every user"
	}
	if host, _, err := net.SplitHostPort(o.tenantAddr); err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		return fmt.Errorf("-tenant-addr %s: name the address by which browsers reach the tenant, since they are sent there", o.tenantAddr)
	}
	return errors.Join(
		o.checkAddr("-addr", cmp.Or(o.addr, defaultAddr), danger),
		o.checkAddr("-tenant-addr", o.tenantAddr, "everybody knows the local tenant's credentials, so every machine that reaches it could manage every user"),
	)
}

func (o options) checkAddr(flagName, addr, danger string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%s %q: want HOST:PORT", flagName, addr)
	}
	if !o.allowRemote && !loopback.Is(host) {
		return fmt.Errorf("%s %s is not on loopback: %s; -allow-remote lets them", flagName, addr, danger)
	}
	return nil
}
