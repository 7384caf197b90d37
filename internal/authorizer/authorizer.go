package authorizer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"usher/internal/jwks"
)

// Options configures an Authorizer.
type Options struct {
	Issuer   string // the required iss, compared exactly
	Audience string // the required audience in aud
	Rule     Rule   // how to recognize an application's own token
	Keys     Keys   // of the issuer
	Now      func() time.Time

	// Authorize uses these fields; Check does not.
	Log    *slog.Logger
	Denied func(Reason)
	Failed func() // called if the issuer's keys are not available
}

// Keys verifies signatures. It fails like jwks.Set.
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

// Check checks the token in the value of an Authorization header and returns its grant. It
// fails with *Refusal, or with *jwks.FetchError if the keys are not available. It checks the
// header before the signature, which is more expensive.
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
		return Grant{}, refuse(UnknownKey, "the issuer has no key with this ID")
	}
	if err != nil {
		return Grant{}, refuse(BadSignature, "the signature does not match the key")
	}
	return a.read(payload)
}
