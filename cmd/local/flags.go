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

	"usher/internal/boot"
	"usher/internal/loopback"
	"usher/localtenant"
)

const (
	defaultAddr       = "127.0.0.1:3000"
	defaultTenantAddr = "127.0.0.1:3001"

	defaultConsoleAddr = "127.0.0.1:3002"
)

// options holds the command-line flags.
type options struct {
	addr        string // "" for the default
	tenantAddr  string
	envFile     string
	usersFile   string
	allowRemote bool
	auth        string // one of authModes
	frontend    string // "" for none
	logoutURLs  []string
	machines    []localtenant.Machine // in addition to those of addFrontends
	quirks      bool
	plan        localtenant.Plan // of the local tenant
	limitsFile  string           // "" for none
	issuer      string           // of bearer tokens; "" for the tenant
	audience    string           // of bearer tokens; "" for the local tenant's API
	tokenRule   string           // "" for the rule for Auth0
	deadline    time.Duration

	console       bool
	consoleAddr   string
	consolePolicy string // a file; "" for the policy of the sample staff
}

func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.addr, "addr", "", "`host:port` of the API (default "+defaultAddr+
		"; with -env, the host and port of a REDIRECT_URI on loopback)")
	flags.StringVar(&o.tenantAddr, "tenant-addr", defaultTenantAddr, "`host:port` of the local tenant")
	flags.StringVar(&o.envFile, "env", "", "use the real tenant in this `file` instead of a local tenant")
	flags.StringVar(&o.usersFile, "users", "", "replace the local tenant's users by this `file` in Auth0's import format")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "accept connections from other machines. "+
		"Without -auth they can manage every user. The local tenant's credentials are public.")
	flags.StringVar(&o.auth, "auth", authNone, "how front-ends are authenticated: "+strings.Join(authModes, ", ")+
		". iam checks AWS signatures with the key pair in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "+
		"which can be fictitious. bearer checks access tokens")
	flags.StringVar(&o.issuer, "issuer", "", "with -auth bearer, the tokens' exact iss, a `URL` (default the tenant)")
	flags.StringVar(&o.audience, "audience", "", "with -auth bearer, the tokens' audience (default "+localAudience+")")
	flags.StringVar(&o.tokenRule, "token-rule", "", "with -auth bearer and an issuer other than Auth0, the `rule` "+
		"to recognize an application's own token (docs/bearer.md), such as \"client=azp; idtyp=app\"")
	flags.StringVar(&o.frontend, "frontend", "", "allow this `URL` with /callback for sign-ins, and with / for sign-outs")
	flags.Func("logout", "allow this `URL` after sign-outs; can be repeated", func(s string) error {
		o.logoutURLs = append(o.logoutURLs, s)
		return nil
	})
	flags.Func("machine", "add a machine client `ID:SECRET:AUDIENCE:SCOPES` (docs/local-tenant.md); can be repeated",
		func(s string) error {
			m, err := localtenant.ParseMachine(s)
			o.machines = append(o.machines, m)
			return err
		})
	flags.BoolVar(&o.quirks, "quirks", false, "let the local tenant respond in unusual formats (docs/local-tenant.md)")
	o.plan = localtenant.PlanNone
	flags.Func("plan", "the local tenant's `plan`, whose rate limits apply (docs/quota.md): "+plans()+" (default none)", func(s string) error {
		o.plan = localtenant.Plan(s)
		if !slices.Contains(localtenant.Plans, o.plan) {
			return errors.New("use one of " + plans())
		}
		return nil
	})
	flags.StringVar(&o.limitsFile, "limits", "", "limit front-ends by the policy in this `file` (docs/limits.md)")
	flags.DurationVar(&o.deadline, "deadline", boot.Deadline, "maximum `duration` of a request, longer for a debugger")
	flags.BoolVar(&o.console, "console", true, "start the console for the help desk (docs/console.md), too. "+
		"With -env, or with -addr but no -console-addr, it starts only if this flag is given")
	flags.StringVar(&o.consoleAddr, "console-addr", "", "`host:port` of the console (default "+defaultConsoleAddr+")")
	flags.StringVar(&o.consolePolicy, "console-policy", "", "the console's policy `file` (default: the policy of the local tenant's sample staff)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	asked := o.consoleAddr != ""
	flags.Visit(func(f *flag.Flag) { asked = asked || f.Name == "console" })
	// Servers at other addresses, such as those of tests, must not all want the console's port.
	o.console = o.console && (asked || o.addr == "" && o.envFile == "" && o.issuer == "" && o.audience == "")
	o.consoleAddr = cmp.Or(o.consoleAddr, defaultConsoleAddr)
	return o, o.check(flags.Args())
}

func plans() string {
	var names []string
	for _, p := range localtenant.Plans {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// check fails if flags are invalid or cannot be combined.
func (o options) check(arguments []string) error {
	if len(arguments) > 0 {
		return fmt.Errorf("unexpected argument %q", arguments[0])
	}
	if o.deadline <= 0 {
		return errors.New("-deadline must be positive")
	}
	forLocalTenant := o.usersFile != "" || o.frontend != "" || o.logoutURLs != nil || o.machines != nil || o.quirks || o.plan != localtenant.PlanNone
	if o.envFile != "" && forLocalTenant {
		return errors.New("-users, -frontend, -logout, -machine, -quirks and -plan cannot be combined with -env")
	}
	if !slices.Contains(authModes, o.auth) {
		return fmt.Errorf("-auth %q is not one of: %s", o.auth, strings.Join(authModes, ", "))
	}
	if o.auth != authBearer && (o.issuer != "" || o.audience != "" || o.tokenRule != "") {
		return errors.New("-issuer, -audience and -token-rule require -auth bearer")
	}
	if o.auth == authBearer && o.audience == "" && (o.issuer != "" || o.envFile != "") {
		return errors.New("-auth bearer needs -audience unless the local tenant issues the tokens")
	}
	if o.limitsFile != "" && o.auth == authNone {
		return errors.New("-limits requires -auth iam or bearer, which identify front-ends")
	}
	risk := "other machines could call it"
	if o.auth == authNone {
		risk = "without authentication, other machines could manage every user"
	}
	host, _, err := net.SplitHostPort(o.tenantAddr)
	if err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		return fmt.Errorf("-tenant-addr %s: use an address to which browsers can be redirected", o.tenantAddr)
	}
	if o.console {
		if err := o.checkConsole(); err != nil {
			return err
		}
	}
	return errors.Join(
		o.checkAddr("-addr", cmp.Or(o.addr, defaultAddr), risk),
		o.checkAddr("-tenant-addr", o.tenantAddr,
			"the local tenant's credentials are public, so other machines could manage every user"),
	)
}

func (o options) checkAddr(flagName, addr, risk string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%s %q: want HOST:PORT", flagName, addr)
	}
	if !o.allowRemote && !loopback.Is(host) {
		return fmt.Errorf("%s %s is not on loopback: %s. Use -allow-remote to allow this", flagName, addr, risk)
	}
	return nil
}
