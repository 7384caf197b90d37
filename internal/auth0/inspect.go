package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"usher/internal/secrets"
	"usher/internal/session"
)

// Inspector reads a tenant's settings for a check of the setup. It changes nothing. Its errors
// are not problems: callers need the failure itself (*Error), and for a token the Refusal.
type Inspector struct {
	client      *Client
	credentials secrets.Credentials
}

// NewInspector returns an inspector with one version of the credentials. managementAudience
// is "" for the tenant's own. deadline is for one call; 0 is the service's 8 s.
func NewInspector(c secrets.Credentials, managementAudience string, transport *ReadOnly,
	now func() time.Time, deadline time.Duration) *Inspector {
	return &Inspector{credentials: c, client: New(Options{
		Credentials: secrets.Static(c), ManagementAudience: managementAudience,
		Now: now, Deadline: deadline, Transport: transport,
		Retries: 100, // one inspection at a time waits for the limit of a small plan
	})}
}

// Discovery is the tenant's discovery document (https://openid.net/specs/openid-connect-discovery-1_0.html).
type Discovery struct {
	Issuer string
	Date   time.Time // the tenant's clock in whole seconds; zero if unknown
}

// Discovery reads the discovery document. It sends no credentials.
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
	var doc struct {
		Issuer        string `json:"issuer"`
		TokenEndpoint string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil || doc.Issuer == "" || doc.TokenEndpoint == "" {
		return Discovery{}, ErrNoIssuer
	}
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	return Discovery{Issuer: doc.Issuer, Date: date}, nil
}

// ErrNoIssuer means that a host responds, but not as an issuer.
var ErrNoIssuer = errors.New("the response is not an OpenID Connect configuration")

// Issuer returns the issuer that the service expects.
func (i *Inspector) Issuer() string { return issuer(i.credentials) }

// ManagementScopes requests a token as the management application, and returns its scopes.
func (i *Inspector) ManagementScopes(ctx context.Context) ([]string, error) {
	token, err := i.client.tokens.request(ctx, i.credentials)
	if err != nil {
		return nil, err
	}
	scope, _ := token.Extra("scope").(string)
	return strings.Fields(scope), nil
}

// RedeemsCodes returns nil if the sign-in application may redeem codes. It sends an invalid
// code, which the tenant checks after the application.
func (i *Inspector) RedeemsCodes(ctx context.Context) error {
	_, err := i.client.SignIn().exchange(ctx, i.credentials, session.Redemption{Code: noCode, Verifier: noCode})
	return ignoreInvalidGrant(err)
}

// Refreshes is RedeemsCodes for refresh tokens.
func (i *Inspector) Refreshes(ctx context.Context) error {
	_, err := i.client.Tokens().exchange(ctx, i.credentials, noCode, "")
	return ignoreInvalidGrant(err)
}

func ignoreInvalidGrant(err error) error {
	if err == nil {
		return fmt.Errorf("the provider accepted %q as a grant", noCode)
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Code == "invalid_grant" {
		return nil
	}
	return err
}

// Refusal is the reason why a tenant refuses an application a token.
type Refusal int

// The reasons, in the order in which the tenant checks them.
const (
	NotRefused    Refusal = iota // another failure, or none
	RefusedClient                // the client ID or the secret is wrong
	RefusedGrant                 // the application may not use this type of grant
	UnknownAPI                   // there is no API with this audience
	RefusedAPI                   // the application has no grant for the API
)

// RefusalOf returns the reason for a failure.
func RefusalOf(err error) Refusal {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden:
		return NotRefused
	case e.Code == "": // a firewall's page, not the tenant's response
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
