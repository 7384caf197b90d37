package events

// Type is the type of an event. Its values are part of the API.
type Type string

// Signing in and out.
const (
	SignedIn           Type = "signed-in"
	SignInFailed       Type = "sign-in-failed"
	WrongPassword      Type = "wrong-password"
	SignedInSilently   Type = "signed-in-silently"
	SilentSignInFailed Type = "silent-sign-in-failed"
	SignInBlocked      Type = "sign-in-blocked"
	SignInUnblocked    Type = "sign-in-unblocked"
	SignInWarning      Type = "sign-in-warning"
	CodeSent           Type = "code-sent"
	SignedUp           Type = "signed-up"
	SignUpFailed       Type = "sign-up-failed"
	InvitationAccepted Type = "invitation-accepted"
	InvitationFailed   Type = "invitation-failed"
	SignedOut          Type = "signed-out"
	SignOutFailed      Type = "sign-out-failed"
)

// The user's own data.
const (
	PasswordChanged                Type = "password-changed"
	PasswordChangeFailed           Type = "password-change-failed"
	PasswordChangeRequested        Type = "password-change-requested"
	PasswordChangeRequestFailed    Type = "password-change-request-failed"
	PasswordLeaked                 Type = "password-leaked"
	EmailChanged                   Type = "email-changed"
	EmailChangeFailed              Type = "email-change-failed"
	EmailVerified                  Type = "email-verified"
	EmailVerificationFailed        Type = "email-verification-failed"
	EmailVerificationRequested     Type = "email-verification-requested"
	EmailVerificationRequestFailed Type = "email-verification-request-failed"
	UsernameChanged                Type = "username-changed"
	UsernameChangeFailed           Type = "username-change-failed"
	PhoneChanged                   Type = "phone-changed"
	PhoneChangeFailed              Type = "phone-change-failed"
	Deleted                        Type = "deleted"
	DeletionFailed                 Type = "deletion-failed"
)

// Second factors.
const (
	MFARequired          Type = "mfa-required"
	MFAStarted           Type = "mfa-started"
	MFASucceeded         Type = "mfa-succeeded"
	MFAFailed            Type = "mfa-failed"
	MFARejected          Type = "mfa-rejected"
	MFALimited           Type = "mfa-limited"
	MFACodeSent          Type = "mfa-code-sent"
	MFACodeNotSent       Type = "mfa-code-not-sent"
	MFAEnrollmentStarted Type = "mfa-enrollment-started"
	MFAEnrolled          Type = "mfa-enrolled"
	MFAEnrollmentFailed  Type = "mfa-enrollment-failed"
	MFAChanged           Type = "mfa-changed"
	MFARemoved           Type = "mfa-removed"
	RecoveryCodeUsed     Type = "recovery-code-used"
	RecoveryCodeFailed   Type = "recovery-code-failed"
)

// Tokens, the provider's API, and the rest.
const (
	TokensIssued        Type = "tokens-issued"
	TokensRefused       Type = "tokens-refused"
	TokensRefreshed     Type = "tokens-refreshed"
	TokenRefreshRefused Type = "token-refresh-refused"
	RefreshTokenReused  Type = "refresh-token-reused"
	TokensRevoked       Type = "tokens-revoked"
	APIChange           Type = "api-change"
	APIChangeFailed     Type = "api-change-failed"
	APIRead             Type = "api-read"
	Other               Type = "other" // a type without a name here
)
