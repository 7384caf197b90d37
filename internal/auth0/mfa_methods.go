package auth0

import (
	"context"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/users/authenticationmethods"

	"usher/internal/mfa"
)

const (
	methodsPerPage = 100 // the provider's most
	methodPages    = 10
)

// Methods lists what a user has enrolled; see mfa.Lister. It asks page by page:
// the SDK's own pager keeps the token of the first.
func (m MFA) Methods(ctx context.Context, userID string) ([]mfa.Method, error) {
	list := []mfa.Method{}
	perPage := methodsPerPage
	for page := range methodPages {
		found, err := authenticationmethods.NewClient(m.client.sdk).List(ctx, userID,
			&management.ListUserAuthenticationMethodsRequestParameters{Page: &page, PerPage: &perPage})
		if err != nil {
			return nil, fmt.Errorf("list methods: %w", ofOneUser(err))
		}
		for _, method := range found.Results {
			if method.GetType() != management.AuthenticationMethodTypeEnumPassword { // the first factor
				list = append(list, methodFrom(method))
			}
		}
		if len(found.Results) < methodsPerPage {
			break
		}
	}
	return list, nil
}

// typeWords are our words for the provider's types.
var typeWords = map[management.AuthenticationMethodTypeEnum]string{
	management.AuthenticationMethodTypeEnumTotp:              mfa.TOTP,
	management.AuthenticationMethodTypeEnumPhone:             mfa.SMS,
	management.AuthenticationMethodTypeEnumEmail:             mfa.Email,
	management.AuthenticationMethodTypeEnumEmailVerification: mfa.Email, // the address of the account itself
	management.AuthenticationMethodTypeEnumPush:              mfa.Push,
	management.AuthenticationMethodTypeEnumGuardian:          mfa.Push, // the app that it pushes to
	management.AuthenticationMethodTypeEnumWebauthnRoaming:   mfa.WebAuthnRoaming,
	management.AuthenticationMethodTypeEnumWebauthnPlatform:  mfa.WebAuthnPlatform,
	management.AuthenticationMethodTypeEnumPasskey:           mfa.Passkey,
	management.AuthenticationMethodTypeEnumRecoveryCode:      mfa.RecoveryCode,
}

func methodFrom(m *management.UserAuthenticationMethod) mfa.Method {
	method := mfa.Method{
		ID:          m.GetID(),
		Type:        firstOf(typeWords[m.GetType()], mfa.Other),
		Confirmed:   m.Confirmed == nil || m.GetConfirmed(), // left out where there is nothing to confirm
		Name:        m.GetName(),
		PhoneNumber: m.GetPhoneNumber(),
		Email:       m.GetEmail(),
		LastUsedAt:  utc(m.LastAuthAt),
	}
	if !m.CreatedAt.IsZero() {
		method.CreatedAt = utc(&m.CreatedAt)
	}
	if method.Type == mfa.SMS && m.GetPreferredAuthenticationMethod() == management.PreferredAuthenticationMethodEnumVoice {
		method.Type = mfa.Voice
	}
	return method
}
