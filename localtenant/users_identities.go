package localtenant

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type identityFields struct {
	Provider string `json:"provider"`
	UserID   any    `json:"user_id"`
	LinkWith string `json:"link_with"`
}

// linkIdentity serves POST /api/v2/users/{id}/identities: the secondary account
// becomes an identity of the primary one and is no account any more.
func (t *Tenant) linkIdentity(w http.ResponseWriter, r *http.Request, in identityFields) error {
	main, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return badRequest("inexistent_user", "The user does not exist.")
	}
	provider, id := in.Provider, fmt.Sprint(in.UserID)
	if n, ok := in.UserID.(float64); ok {
		id = strconv.FormatFloat(n, 'f', -1, 64) // a number may stand for its digits
	}
	if in.LinkWith != "" {
		c, err := t.verify(in.LinkWith)
		if err != nil || t.now().Unix() >= c.Expires {
			return badRequest("invalid_body", "The link_with token is not valid.")
		}
		provider, id, _ = strings.Cut(c.Subject, "|")
	}
	if provider == "" || id == "" || in.LinkWith == "" && in.UserID == nil {
		return badRequest("invalid_body", "Payload validation error: 'Missing required property: provider'.")
	}
	return t.link(w, main, provider, strings.TrimPrefix(id, provider+"|"))
}

func (t *Tenant) link(w http.ResponseWriter, main *user, provider, id string) error {
	other, ok := t.users.get(provider + "|" + id)
	switch owner, _ := t.users.owner(provider, id); {
	case owner == main:
		return newAPIError(http.StatusConflict, "identity_conflict", "Specified identity already linked.")
	case !ok && owner != nil:
		return newAPIError(http.StatusConflict, "identity_conflict", "The identity is linked to another user.")
	case !ok:
		return badRequest("inexistent_user", "The user to link does not exist.")
	case len(other.Identities) > 1:
		return badRequest("operation_not_supported", "The user to link has linked identities.")
	}
	linked := other.primary()
	linked.Profile, linked.own = other.linkedProfile(), other
	u := *main
	u.Identities = append(slices.Clone(main.Identities), linked)
	u.UpdatedAt = t.now()
	t.users.remove(other.ID, t.now())
	t.endAccess(other.ID)
	if err := t.users.put(&u, t.now()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, u.identityProfiles())
}

// identityProfiles are the identities, the account's own with its profile too, as
// linking and unlinking answer.
func (u *user) identityProfiles() []any {
	out := u.identityList()
	out[0].(map[string]any)["profileData"] = u.linkedProfile()
	return out
}

// unlinkIdentity serves DELETE /api/v2/users/{id}/identities/{provider}/{user_id}:
// the identity becomes an account again.
func (t *Tenant) unlinkIdentity(w http.ResponseWriter, r *http.Request) error {
	main, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return badRequest("inexistent_user", "The user does not exist.")
	}
	provider := r.PathValue("provider")
	local := strings.TrimPrefix(r.PathValue("user_id"), provider+"|")
	i := slices.IndexFunc(main.Identities, func(id identity) bool { return id.Provider == provider && id.UserID == local })
	switch {
	case i < 0:
		return badRequest("inexistent_identity", "The identity does not exist.")
	case i == 0:
		return badRequest("operation_not_supported", "The main identity cannot be unlinked.")
	}
	freed := *main.Identities[i].own // with the password that it has by now
	u := *main
	u.Identities = slices.Delete(slices.Clone(main.Identities), i, i+1)
	now := t.now()
	u.UpdatedAt, freed.UpdatedAt = now, now
	freed.AppMetadata, freed.UserMetadata = nil, nil // they stayed with the primary account
	if err := errors.Join(t.users.put(&u, now), t.users.put(&freed, now)); err != nil {
		return badRequest("auth0_idp_error", "The identity's address is taken by another account.")
	}
	return writeJSON(w, http.StatusOK, u.identityProfiles())
}

// changed is the user with the account at a place changed: their own, or a linked one, whose
// profile the identity shows.
func (u *user) changed(place int, change func(*user) error) (*user, error) {
	out := *u
	if place == 0 {
		return &out, change(&out)
	}
	own := *u.Identities[place].own
	if err := change(&own); err != nil {
		return nil, err
	}
	out.Identities = slices.Clone(u.Identities)
	out.Identities[place].own, out.Identities[place].Profile = &own, own.linkedProfile()
	return &out, nil
}
