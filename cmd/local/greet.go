package main

import (
	"fmt"
	"io"

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

// greet prints the addresses and the first steps.
func greet(out io.Writer, s settings, opts options) {
	fmt.Fprintf(out, "Usher %s listens on http://%s. %s %s\n",
		version.Number, s.addr, authNotice[opts.auth], remoteNotice(opts))
	if s.tenant == nil {
		fmt.Fprintf(out, "It uses the tenant at %s. This is a real tenant. Changes are permanent.\n",
			secrets.Credentials(s.credentials).BaseURL())
	} else {
		fmt.Fprintf(out, "It uses a local tenant on http://%s, whose users are deleted when it ends.\n", opts.tenantAddr)
		if opts.usersFile == "" {
			fmt.Fprintf(out, "Sign in as ada@example.com with the password %s.\n", localtenant.SamplePassword)
		}
	}
	if len(s.unknown) > 0 {
		fmt.Fprintf(out, "%s has%s.\n", opts.envFile, unknownNames(" ", s.unknown))
	}
	if s.config.Binding == config.BindingNone {
		fmt.Fprintln(out, "LOGIN_BINDING=none: sign-ins are not bound to the browser that began them.")
	}
	if opts.auth == authNone {
		fmt.Fprintf(out, "\nTry:\n  curl http://%s/users\n  open http://%s/login in a browser\n", s.addr, s.addr)
	}
	if opts.auth == authBearer && s.tenant != nil && opts.issuer == "" && opts.audience == "" {
		fmt.Fprintf(out, "The tenant issues tokens to %s (all operations) and %s (reading users). See docs/bearer.md.\n",
			localFrontend, localReader)
	}
	fmt.Fprint(out, "\nCtrl-C ends it.\n\n")
}
