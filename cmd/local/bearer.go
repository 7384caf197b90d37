package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"usher/internal/api"
	"usher/internal/authorizer"
	"usher/internal/boot"
	"usher/internal/boot/bearer"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/localtenant"
)

// What the local tenant knows for front-ends with bearer tokens: an API that
// stands for this service, an application that may do everything, and one that may
// read users.
const (
	localAudience  = "https://usher.example/"
	localFrontend  = "local-frontend"
	localReader    = "local-reader"
	localSecretEnd = "-secret" // the secrets are no secret
)

// issuerOf is who issues the tokens: by default the tenant that is used.
func issuerOf(opts options, set settings) string {
	return cmp.Or(opts.issuer, secrets.Credentials(set.credentials).BaseURL()+"/")
}

// addFrontends registers the local tenant's front-ends.
func addFrontends(tenant *localtenant.Tenant) {
	var all []string
	for _, group := range permission.All() {
		all = append(all, group.Scope)
	}
	tenant.AddMachine(localFrontend, localFrontend+localSecretEnd, localAudience, all...)
	tenant.AddMachine(localReader, localReader+localSecretEnd, localAudience, "usher:read")
}

// bearing authenticates by bearer tokens, as the gateway does with an authorizer: by
// the same code, and by the same patterns. Keys and clock are added to the options.
func bearing(o authorizer.Options) (boot.Authenticate, error) {
	keys, err := bearer.Keys(o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("-auth bearer: %w", err)
	}
	o.Keys, o.Now = keys, time.Now
	tokens := authorizer.New(o)
	return ofRoutes(func(r *http.Request) (api.Principal, error) { return bearerOf(tokens, r) }), nil
}

// bearerOf tells whose token a call carries, and why it may not make the call. A
// refused token names its caller, too, where the signature is valid.
func bearerOf(tokens *authorizer.Authorizer, r *http.Request) (api.Principal, error) {
	grant, err := tokens.Check(r.Context(), strings.Join(r.Header.Values("Authorization"), ", "))
	if refusal := (*authorizer.Refusal)(nil); errors.As(err, &refusal) {
		who := api.Principal{Caller: httpapi.Caller{ID: refusal.Caller}}
		return who, problem.Unauthorized.Wrap(refusal, "The request needs valid credentials.")
	}
	if err != nil {
		return api.Principal{}, problem.Internal.Wrap(err, "The request may or may not have been carried out.")
	}
	who := api.Principal{Caller: httpapi.Caller{ID: grant.Caller}, ByToken: true, Scopes: strings.Fields(grant.Permissions())}
	if !grant.Allows(r.Method + r.URL.EscapedPath()) {
		why := fmt.Errorf("%s has no scope for it, but: %s", grant.Caller, grant.Permissions())
		return who, problem.Forbidden.Wrap(why, "The caller has no permission for this route, or the call did not come through an allowed VPC endpoint.")
	}
	return who, nil
}
