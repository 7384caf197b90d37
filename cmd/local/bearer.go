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

// The registrations in the local tenant for front-ends with bearer tokens.
const (
	localAudience  = "https://usher.example/" // the API: this service
	localFrontend  = "local-frontend"         // an application with all scopes
	localReader    = "local-reader"           // an application that can only read users
	localSecretEnd = "-secret"                // their client secrets, after the ID
)

// issuerOf returns the tokens' issuer. The default is the tenant.
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

// bearerAuthentication authenticates by bearer tokens, with the code and the patterns of the
// gateway's authorizer. It sets o.Keys and o.Now.
func bearerAuthentication(o authorizer.Options) (boot.Authenticate, error) {
	keys, err := bearer.Keys(o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("-auth bearer: %w", err)
	}
	o.Keys, o.Now = keys, time.Now
	tokens := authorizer.New(o)
	return ofRoutes(func(r *http.Request) (api.Principal, error) { return bearerOf(tokens, r) }), nil
}

// bearerOf returns the caller of a token, and an error if the call is not allowed. It returns
// the caller of a refused token, too, if the signature is valid.
func bearerOf(tokens *authorizer.Authorizer, r *http.Request) (api.Principal, error) {
	grant, err := tokens.Check(r.Context(), strings.Join(r.Header.Values("Authorization"), ", "))
	if refusal := (*authorizer.Refusal)(nil); errors.As(err, &refusal) {
		who := api.Principal{Caller: httpapi.Caller{ID: refusal.Caller}}
		return who, problem.Unauthorized.Wrap(refusal, "The request needs valid credentials.")
	}
	if err != nil {
		return api.Principal{}, problem.Internal.Wrap(err, "The request may or may not have been carried out.")
	}
	scopes := strings.Fields(grant.Permissions())
	who := api.Principal{Caller: httpapi.Caller{ID: grant.Caller}, ByToken: true, Scopes: scopes}
	if !grant.Allows(r.Method + r.URL.EscapedPath()) {
		reason := fmt.Errorf("%s has no scope for this route, only %q", grant.Caller, scopes)
		return who, problem.Forbidden.Wrap(reason, "The caller has no permission for this route, "+
			"or the call did not come through an allowed VPC endpoint.")
	}
	return who, nil
}
