package main

import (
	"fmt"
	"io"
	"strings"

	"usher/cmd/local/internal/docs"
	"usher/internal/config"
	"usher/internal/secrets"
	"usher/internal/version"
	"usher/localtenant"
)

// remoteNotice states which machines can call the service.
func remoteNotice(opts options) string {
	switch {
	case !opts.allowRemote:
		return "Only this machine can call this server."
	case opts.auth == authNone:
		return "Every machine that can reach this server can manage every user."
	}
	return "Other machines can call this server."
}

// notices returns what a developer must know of this server, one paragraph each.
func notices(s settings, opts options) []string {
	all := []string{authNotice[opts.auth] + " " + remoteNotice(opts)}
	if s.tenant == nil {
		all = append(all, fmt.Sprintf("This server uses the tenant at %s. This is a real tenant. Changes are permanent.",
			secrets.Credentials(s.credentials).BaseURL()))
	} else {
		all = append(all, fmt.Sprintf("This server uses a local tenant on http://%s, whose users are deleted when it ends.", opts.tenantAddr))
		if opts.usersFile == "" {
			all = append(all, fmt.Sprintf("Sign in as ada@example.com with the password %s.", localtenant.SamplePassword))
		}
	}
	if opts.console {
		all = append(all, consoleNotice(s, opts))
	}
	if s.config.Binding == config.BindingNone {
		all = append(all, "LOGIN_BINDING=none: sign-ins are not bound to the browser that began them.")
	}
	if opts.auth == authBearer && s.tenant != nil && opts.issuer == "" && opts.audience == "" {
		all = append(all, fmt.Sprintf("The tenant issues tokens to %s (all operations) and %s (reading users). See docs/bearer.md.",
			localFrontend, localReader))
	}
	return all
}

// site is what the first page says.
func site(s settings, opts options) docs.Site {
	first := docs.Site{Version: version.Number, Notices: notices(s, opts)}
	if opts.console {
		first.Console = opts.consoleURL()
	}
	if s.tenant == nil {
		return first
	}
	for _, l := range s.tenant.PageLinks() {
		first.Tenant = append(first.Tenant, docs.Link{Title: l.Title, URL: "http://" + opts.tenantAddr + l.Path, Text: l.Text})
	}
	return first
}

// greet prints the addresses and the first steps.
func greet(out io.Writer, s settings, opts options) {
	fmt.Fprintf(out, "Usher %s listens on http://%s. %s\n", version.Number, s.addr, strings.Join(notices(s, opts), "\n"))
	if len(s.unknown) > 0 {
		fmt.Fprintf(out, "%s has%s.\n", opts.envFile, unknownNames(" ", s.unknown))
	}
	fmt.Fprintf(out, "\nTry:\n  open http://%s/docs in a browser\n", s.addr)
	if s.tenant != nil {
		fmt.Fprintf(out, "  open http://%s%s in a browser\n", opts.tenantAddr, s.tenant.PageLinks()[0].Path)
	}
	if opts.auth == authNone {
		fmt.Fprintf(out, "  open http://%s/login in a browser\n  curl http://%s/users\n", s.addr, s.addr)
	}
	if opts.console {
		fmt.Fprintf(out, "  open http://%s in a browser: the console\n", opts.consoleAddr)
	}
	fmt.Fprint(out, "\nCtrl-C ends it.\n\n")
}
