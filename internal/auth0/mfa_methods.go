package auth0

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/users/authenticationmethods"
	"github.com/tidwall/gjson"

	"usher/internal/limits"
	"usher/internal/mfa"
)

const (
	methodsPerPage = 100 // the provider's maximum
	methodPages    = 10
)

// Methods returns a user's methods; see mfa.Lister. It does not use the SDK's pager, which
// keeps the token of the first page.
func (m MFA) Methods(ctx context.Context, id limits.UserID) ([]mfa.Method, error) {
	list := []mfa.Method{}
	perPage := methodsPerPage
	r := m.client.reading(ctx)
	for page := range methodPages {
		body, err := call(ctx, func(ctx context.Context) (any, error) {
			return authenticationmethods.NewClient(m.client.sdk).List(ctx, id.String(),
				&management.ListUserAuthenticationMethodsRequestParameters{Page: &page, PerPage: &perPage})
		})
		if err != nil {
			return nil, fmt.Errorf("list methods: %w", userProblem(err))
		}
		_, items, err := r.list(body, "authenticators")
		var found []mfa.Method
		if err == nil {
			found, err = each(items, r.method)
		}
		if err != nil {
			return nil, fmt.Errorf("list methods: %w", providerProblem(err))
		}
		list = append(list, slices.DeleteFunc(found, func(m mfa.Method) bool { return m.Type == firstFactor })...)
		if len(items) < methodsPerPage {
			break
		}
	}
	return list, nil
}

// firstFactor is the type of the password, which is not a second factor.
const firstFactor = "password"

// typeWords maps the provider's types to ours.
var typeWords = map[management.AuthenticationMethodTypeEnum]string{
	management.AuthenticationMethodTypeEnumTotp:              mfa.TOTP,
	management.AuthenticationMethodTypeEnumPhone:             mfa.SMS,
	management.AuthenticationMethodTypeEnumEmail:             mfa.Email,
	management.AuthenticationMethodTypeEnumEmailVerification: mfa.Email, // the account's own address
	management.AuthenticationMethodTypeEnumPush:              mfa.Push,
	management.AuthenticationMethodTypeEnumGuardian:          mfa.Push, // the app that receives the push
	management.AuthenticationMethodTypeEnumWebauthnRoaming:   mfa.WebAuthnRoaming,
	management.AuthenticationMethodTypeEnumWebauthnPlatform:  mfa.WebAuthnPlatform,
	management.AuthenticationMethodTypeEnumPasskey:           mfa.Passkey,
	management.AuthenticationMethodTypeEnumRecoveryCode:      mfa.RecoveryCode,
}

func (r *reading) method(v gjson.Result) (m mfa.Method, err error) {
	m.Confirmed = true // absent if the method needs no confirmation
	kind, preferred := "", ""
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "id":
			m.ID = r.text("method.id", v)
		case "type":
			kind = r.text("method.type", v)
		case "confirmed":
			if confirmed := r.flag("method.confirmed", v, false); confirmed != nil {
				m.Confirmed = *confirmed
			}
		case "name":
			m.Name = r.text("method.name", v)
		case "phone_number":
			m.PhoneNumber = r.text("method.phone_number", v)
		case "email":
			m.Email = r.text("method.email", v)
		case "preferred_authentication_method":
			preferred = r.text("method.preferred_authentication_method", v)
		case "created_at":
			m.CreatedAt = r.time("method.created_at", v)
		case "last_auth_at":
			m.LastUsedAt = r.time("method.last_auth_at", v)
		}
		return true
	})
	if m.ID == "" && kind != firstFactor {
		return mfa.Method{}, errIncomplete
	}
	m.Type = cmp.Or(typeWords[management.AuthenticationMethodTypeEnum(kind)], mfa.Other)
	switch {
	case kind == firstFactor:
		m.Type = firstFactor
	case m.Type == mfa.SMS && preferred == string(management.PreferredAuthenticationMethodEnumVoice):
		m.Type = mfa.Voice
	}
	return m, nil
}
