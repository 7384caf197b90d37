package main

import (
	"fmt"
	"io"

	"usher/internal/config"
	"usher/internal/secrets"
	"usher/internal/version"
	"usher/localtenant"
)

// fromWhere says which machines reach the service.
func fromWhere(opts options) string {
	switch {
	case !opts.allowRemote:
		return "This server is for this machine only."
	case opts.auth == authNone:
		return "Every machine that reaches this server can manage every user."
	}
	return "Other machines are let in."
}

// greet says where things are, and what to try first.
func greet(out io.Writer, s settings, opts options) {
	fmt.Fprintf(out, "Usher %s listens on http://%s. %s %s\n", version.Number, s.addr, whoMayCall[opts.auth], fromWhere(opts))
	if s.tenant == nil {
		fmt.Fprintf(out, "It uses the tenant at %s. This is a real tenant. Changes are permanent.\n", secrets.Credentials(s.credentials).BaseURL())
	} else {
		fmt.Fprintf(out, "Behind it is a local tenant, on http://%s. Its users are gone when this ends.\n", opts.tenantAddr)
		if opts.usersFile == "" {
			fmt.Fprintf(out, "Its sample users sign in with the password %s; ada@example.com is one.\n", localtenant.SamplePassword)
		}
	}
	if len(s.unknown) > 0 {
		fmt.Fprintf(out, "%s has%s.\n", opts.envFile, meaningless(" ", s.unknown))
	}
	if s.config.Binding == config.BindingNone {
		fmt.Fprintln(out, "LOGIN_BINDING=none: sign-ins are not bound to the browser that began them.")
	}
	if opts.auth == authNone {
		fmt.Fprintf(out, "\nTry:\n  curl http://%s/users\n  open http://%s/login in a browser\n", s.addr, s.addr)
	}
	if opts.auth == authBearer && s.tenant != nil && opts.issuer == "" && opts.audience == "" {
		fmt.Fprintf(out, "The tenant gives tokens to %s, for all operations, and to %s, for reading users; docs/bearer.md shows how.\n", localFrontend, localReader)
	}
	fmt.Fprint(out, "\nCtrl-C ends it.\n\n")
}
