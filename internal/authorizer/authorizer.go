package authorizer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"usher/internal/jwks"
)

// Options are what an Authorizer is made of.
type Options struct {
	Issuer   string // what iss must be, to the last slash
	Audience string // what aud must hold
	Rule     Rule   // which tokens are an application's own
	Keys     Keys   // the issuer's
	Now      func() time.Time

	// What Authorize tells of each call; Check tells nobody.
	Log    *slog.Logger
	Denied func(Reason)
	Failed func() // the issuer's keys could not be had
}

// Keys checks signatures. It fails as jwks.Set does.
type Keys interface {
	VerifySignature(ctx context.Context, token string) (payload []byte, err error)
}

// Authorizer checks tokens.
type Authorizer struct {
	issuer, audience string
	rule             Rule
	keys             Keys
	now              func() time.Time
}

// New returns an Authorizer.
func New(o Options) *Authorizer {
	return &Authorizer{issuer: o.Issuer, audience: o.Audience, rule: o.Rule, keys: o.Keys, now: o.Now}
}

// Check reads an Authorization header's value, and returns what its token
// grants. It fails with *Refusal, or where the keys cannot be had with
// *jwks.FetchError. All that needs no signature is looked at before it.
func (a *Authorizer) Check(ctx context.Context, header string) (Grant, error) {
	token, err := bearer(header)
	if err != nil {
		return Grant{}, err
	}
	if err := checkHeader(token); err != nil {
		return Grant{}, err
	}
	payload, err := a.keys.VerifySignature(ctx, token)
	if failure, ok := errors.AsType[*jwks.FetchError](err); ok {
		return Grant{}, failure
	}
	if errors.Is(err, jwks.ErrUnknownKey) {
		return Grant{}, refuse(UnknownKey, "the issuer has no key of this name")
	}
	if err != nil {
		return Grant{}, refuse(BadSignature, "no key of this name has made the signature")
	}
	return a.read(payload)
}
