package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"usher/internal/secrets"
	"usher/internal/session"
)

// Inspector looks at a tenant, for those who ask whether it is set up rightly. It
// changes nothing there. Its errors are not problems: whoever inspects wants to
// know the failure itself (*Error) and, of a token, the Refusal.
type Inspector struct {
	client      *Client
	credentials secrets.Credentials
}

// NewInspector returns an inspector with one version of the credentials.
// managementAudience is "" for the tenant's own; deadline is for one call, 0 for the
// service's 8 s.
func NewInspector(c secrets.Credentials, managementAudience string, transport *ReadOnly, now func() time.Time, deadline time.Duration) *Inspector {
	return &Inspector{credentials: c, client: New(Options{
		Credentials: secrets.Static(c), ManagementAudience: managementAudience,
		Log: slog.New(slog.DiscardHandler), Now: now, Deadline: deadline, Transport: transport,
	})}
}

// Discovery is what a tenant says of itself
// (https://openid.net/specs/openid-connect-discovery-1_0.html).
type Discovery struct {
	Issuer string
	Date   time.Time // the tenant's clock, to the second; zero: it did not say
}

// Discovery asks the tenant who it is. It shows no credentials.
func (i *Inspector) Discovery(ctx context.Context) (Discovery, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.credentials.BaseURL()+"/.well-known/openid-configuration", http.NoBody)
	if err != nil {
		return Discovery{}, err
	}
	resp, err := i.client.plain.Do(r)
	if err != nil {
		return Discovery{}, err
	}
	defer resp.Body.Close()
	var said struct {
		Issuer        string `json:"issuer"`
		TokenEndpoint string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || said.Issuer == "" || said.TokenEndpoint == "" {
		return Discovery{}, ErrNoIssuer
	}
	found := Discovery{Issuer: said.Issuer}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		found.Date = date
	}
	return found, nil
}

// ErrNoIssuer says that a host answers, and not as an issuer does.
var ErrNoIssuer = errors.New("the answer is no OpenID Connect configuration")

// Issuer is the issuer that the rest of the service expects.
func (i *Inspector) Issuer() string { return issuer(i.credentials) }

// ManagementScopes asks for a token as the management application does, and
// returns the scopes that it holds.
func (i *Inspector) ManagementScopes(ctx context.Context) ([]string, error) {
	token, err := i.client.tokens.request(ctx, i.credentials)
	if err != nil {
		return nil, err
	}
	scope, _ := token.Extra("scope").(string)
	return strings.Fields(scope), nil
}

// RedeemsCodes returns nil where the sign-in application may redeem codes: it
// presents one that nobody was given, which the tenant refuses last.
func (i *Inspector) RedeemsCodes(ctx context.Context) error {
	_, err := i.client.SignIn().exchange(ctx, i.credentials, session.Redemption{Code: noCode, Verifier: noCode})
	return unlessOnlyTheGrantIsWrong(err)
}

// Refreshes is RedeemsCodes for refresh tokens.
func (i *Inspector) Refreshes(ctx context.Context) error {
	_, err := i.client.Tokens().exchange(ctx, i.credentials, noCode, "")
	return unlessOnlyTheGrantIsWrong(err)
}

func unlessOnlyTheGrantIsWrong(err error) error {
	var e *Error
	switch {
	case errors.As(err, &e) && e.Code == "invalid_grant":
		return nil
	case err == nil:
		return fmt.Errorf("the provider took %q for a grant", noCode)
	}
	return err
}

// Refusal is why a tenant gives an application no token.
type Refusal int

// The reasons, in the order in which the tenant looks.
const (
	NotRefused    Refusal = iota // the tenant failed in another way, or not at all
	RefusedClient                // the client id or the secret is wrong
	RefusedGrant                 // the application may not use this type of grant
	UnknownAPI                   // there is no API with this audience
	RefusedAPI                   // the application was granted nothing of the API
)

// RefusalOf reads the reason from a failure.
func RefusalOf(err error) Refusal {
	var e *Error
	switch {
	case !errors.As(err, &e) || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden:
		return NotRefused
	case e.Code == "": // a firewall's page, and not the tenant's words
		return NotRefused
	case e.Code == "unauthorized_client" && strings.HasPrefix(e.message, "Grant type"):
		return RefusedGrant
	case strings.HasPrefix(e.message, "Service not found"):
		return UnknownAPI
	case strings.HasPrefix(e.message, "Client is not authorized to access"):
		return RefusedAPI
	}
	return RefusedClient
}
