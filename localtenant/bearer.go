package localtenant

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// authorized checks the bearer token of a Management API call: its form, its
// signature, its time, whom it is for, and that it holds one of the scopes.
func (t *Tenant) authorized(r *http.Request, scopes []string) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return newAPIError(http.StatusUnauthorized, "", "Missing authentication")
	}
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || strings.Contains(token, " ") {
		return newAPIError(http.StatusBadRequest, "", "Bad HTTP authentication header format")
	}
	c, err := t.verify(token)
	switch {
	case errors.Is(err, errBadSignature):
		return unauthorized("Invalid signature received for JSON Web Token validation")
	case err != nil, t.revoked[token], c.Issuer != t.Issuer():
		return unauthorized("Invalid token")
	case t.now().Unix() >= c.Expires:
		return unauthorized("Expired token received for JSON Web Token validation")
	case !slices.Contains(c.Audience, t.Audience()):
		return unauthorized("Bad audience: %s", strings.Join(c.Audience, ", "))
	}
	held := strings.Fields(c.Scope)
	if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(held, s) }) {
		return insufficientScope(scopes...)
	}
	return nil
}

func insufficientScope(wanted ...string) error {
	return newAPIError(http.StatusForbidden, "insufficient_scope",
		"Insufficient scope, expected any of: %s", strings.Join(wanted, ","))
}

// RevokeManagementTokens makes every management token that was issued so far
// answer 401, as after a change of signing key.
func (t *Tenant) RevokeManagementTokens() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, token := range t.issued {
		t.revoked[token] = true
	}
	t.issued = nil
}
