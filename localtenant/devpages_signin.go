package localtenant

import "usher/localtenant/devpages"

func (t *Tenant) signInPage() devPage {
	return devPage{
		name: "signin", template: "signin", title: "Sign-in", group: "Change", text: "Second factors, passwords, sessions, the application", data: noData,
		forms: []devForm{t.mfaForm(), t.passwordsForm(), t.sessionsForm(), t.applicationForm()},
	}
}

func (t *Tenant) mfaForm() devForm {
	return t.settingsForm(devForm{name: "mfa", title: "Second factors"},
		devpages.Field{Name: "mfa", Label: "The tenant asks for a second factor", Kind: devpages.Choice, Options: []devpages.Option{
			{Value: string(MFARequested), Label: "where acr_values asks for it"},
			{Value: string(MFAAlways), Label: "always"}, {Value: string(MFANever), Label: "never"},
		}},
		devpages.Field{Name: "mfa_action", Label: "Action for acr_values", Hint: "It runs only if it is bound", Kind: devpages.Choice,
			Options: choices(MFAActionNone, MFAActionDraft, MFAActionDeployed, MFAActionBound)},
		devpages.Field{Name: "factors", Label: "Enabled factors", Hint: "The API reports these as enabled", Kind: devpages.Choices, Options: choices(guardianFactors...)},
	)
}

func (t *Tenant) passwordsForm() devForm {
	return t.settingsForm(devForm{name: "passwords", title: "Password policy"},
		devpages.Field{Name: "password_policy.level", Label: "Level", Kind: devpages.Choice, Options: choices("none", "low", "fair", "good", "excellent")},
		devpages.Field{Name: "password_policy.min_length", Label: "Minimum length", Hint: "0 to 128", Kind: devpages.Number},
		devpages.Field{Name: "password_policy.history", Label: "History", Hint: "How many former passwords are refused, 0 to 24", Kind: devpages.Number},
		devpages.Field{Name: "password_policy.max_length_exceeded", Label: "A password of more than 72 bytes is", Kind: devpages.Choice, Options: []devpages.Option{
			{Value: TooLongTruncate, Label: "cut off"}, {Value: TooLongError, Label: "refused"},
		}},
		devpages.Field{Name: "password_policy.dictionary", Label: "Refuse the most common passwords", Kind: devpages.Check},
		devpages.Field{Name: "password_policy.no_user_info", Label: "Refuse what is in the user's profile", Kind: devpages.Check},
	)
}

func (t *Tenant) sessionsForm() devForm {
	return t.settingsForm(devForm{name: "sessions", title: "Sessions and tokens"},
		devpages.Field{Name: "session_idle", Label: "Idle lifetime of sessions", Kind: devpages.Duration},
		devpages.Field{Name: "session_maximum", Label: "Maximum lifetime of sessions", Kind: devpages.Duration},
		devpages.Field{Name: "no_offline_access", Label: "No refresh tokens for the APIs of -audience", Kind: devpages.Check},
		devpages.Field{Name: "repeat_nonce", Label: "A refreshed ID token repeats its nonce", Kind: devpages.Check},
		devpages.Field{Name: "authorization_response_iss", Label: "The callback gets the issuer (RFC 9207)", Kind: devpages.Check},
	)
}

func (t *Tenant) applicationForm() devForm {
	return t.settingsForm(devForm{name: "application", title: "Application", text: "What is registered of " + ClientID + ". Tokens and sessions that exist keep what they got."},
		devpages.Field{Name: "application.app_type", Label: "Type", Kind: devpages.Choice, Options: choices("regular_web", "spa", "native", "non_interactive")},
		devpages.Field{Name: "application.token_endpoint_auth_method", Label: "Authentication at the token endpoint", Kind: devpages.Choice, Options: choices("client_secret_post", "client_secret_basic", "none")},
		devpages.Field{Name: "application.id_token_lifetime", Label: "Lifetime of ID tokens", Kind: devpages.Duration},
		devpages.Field{Name: "application.access_token_lifetime", Label: "Lifetime of access tokens", Kind: devpages.Duration},
		devpages.Field{Name: "application.management_token_lifetime", Label: "Lifetime of Management API tokens", Kind: devpages.Duration},
		devpages.Field{Name: "application.refresh_token_lifetime", Label: "Lifetime of refresh tokens", Kind: devpages.Duration},
		devpages.Field{Name: "application.rotate_refresh_tokens", Label: "Rotate refresh tokens", Kind: devpages.Check},
		devpages.Field{Name: "application.callbacks", Label: "Redirect URIs", Hint: "One on each line", Kind: devpages.Lines},
		devpages.Field{Name: "application.logout_urls", Label: "Logout URLs", Hint: "One on each line", Kind: devpages.Lines},
		devpages.Field{Name: "application.grants", Label: "Grants", Hint: "One on each line", Kind: devpages.Lines},
		devpages.Field{Name: "application.scopes", Label: "Scopes of the Management API", Hint: "One on each line", Kind: devpages.Lines},
	)
}
