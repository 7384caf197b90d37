package localtenant

import "net/http"

// revokeToken serves POST /oauth/revoke. A token that is not there is no error.
func (t *Tenant) revokeToken(w http.ResponseWriter, r *http.Request) error {
	in, err := form(r)
	if err != nil {
		return err
	}
	c, err := t.authenticate(r, in)
	if err != nil {
		return err
	}
	value := in.Get("token")
	if value == "" {
		return newOAuthError(http.StatusBadRequest, "invalid_request", "Missing required parameter: token")
	}
	// Revoking one revokes the grant: those that it was rotated into go too.
	if rt, ok := t.refresh[value]; ok && rt.grant.clientID == c.ID {
		t.endRefreshTokens(func(x *refreshToken) bool { return x.family == rt.family })
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
