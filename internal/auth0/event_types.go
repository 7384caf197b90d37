package auth0

import "usher/internal/events"

// eventTypes maps the codes of the tenant's log to our types
// (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes). All other codes are
// events.Other: most are not about one user.
var eventTypes = map[string]events.Type{
	"s": events.SignedIn, "scoa": events.SignedIn, "sens": events.SignedIn,
	"f": events.SignInFailed, "fc": events.SignInFailed, "fcoa": events.SignInFailed, "fens": events.SignInFailed, "fu": events.SignInFailed,
	"fp":  events.WrongPassword,
	"ssa": events.SignedInSilently,
	"fsa": events.SilentSignInFailed,
	"w":   events.SignInWarning,
	"cs":  events.CodeSent, "cls": events.CodeSent,
	"limit_wc": events.SignInBlocked, "limit_sul": events.SignInBlocked, "limit_mu": events.SignInBlocked,
	"ublkdu": events.SignInUnblocked,
	"ss":     events.SignedUp,
	"fs":     events.SignUpFailed,
	"si":     events.InvitationAccepted,
	"fi":     events.InvitationFailed,
	"slo":    events.SignedOut, "universal_logout_succeeded": events.SignedOut,
	"flo": events.SignOutFailed, "universal_logout_failed": events.SignOutFailed,

	"scp": events.PasswordChanged,
	"fcp": events.PasswordChangeFailed, "fcph": events.PasswordChangeFailed,
	"scpr":     events.PasswordChangeRequested,
	"fcpr":     events.PasswordChangeRequestFailed,
	"pwd_leak": events.PasswordLeaked, "signup_pwd_leak": events.PasswordLeaked, "reset_pwd_leak": events.PasswordLeaked,
	"sce":  events.EmailChanged,
	"fce":  events.EmailChangeFailed,
	"sv":   events.EmailVerified,
	"fv":   events.EmailVerificationFailed,
	"svr":  events.EmailVerificationRequested,
	"fvr":  events.EmailVerificationRequestFailed,
	"scu":  events.UsernameChanged,
	"fcu":  events.UsernameChangeFailed,
	"scpn": events.PhoneChanged,
	"fcpn": events.PhoneChangeFailed,
	"sdu":  events.Deleted,
	"fdu":  events.DeletionFailed,

	"mfar":            events.MFARequired,
	"gd_start_auth":   events.MFAStarted,
	"gd_auth_succeed": events.MFASucceeded,
	"gd_auth_failed":  events.MFAFailed, "gd_webauthn_challenge_failed": events.MFAFailed,
	"gd_auth_rejected":         events.MFARejected,
	"gd_otp_rate_limit_exceed": events.MFALimited, "gd_recovery_rate_limit_exceed": events.MFALimited,
	"gd_send_sms": events.MFACodeSent, "gd_send_email": events.MFACodeSent, "gd_send_pn": events.MFACodeSent, "gd_send_voice": events.MFACodeSent,
	"gd_send_sms_failure": events.MFACodeNotSent, "gd_send_pn_failure": events.MFACodeNotSent, "gd_send_voice_failure": events.MFACodeNotSent,
	"gd_start_enroll":        events.MFAEnrollmentStarted,
	"gd_enrollment_complete": events.MFAEnrolled,
	"gd_start_enroll_failed": events.MFAEnrollmentFailed, "gd_webauthn_enrollment_failed": events.MFAEnrollmentFailed,
	"gd_update_device_account": events.MFAChanged,
	"gd_unenroll":              events.MFARemoved,
	"gd_recovery_succeed":      events.RecoveryCodeUsed,
	"gd_recovery_failed":       events.RecoveryCodeFailed,

	"seacft": events.TokensIssued, "sede": events.TokensIssued, "sepft": events.TokensIssued,
	"feacft": events.TokensRefused, "fede": events.TokensRefused, "fepft": events.TokensRefused,
	"sertft":        events.TokensRefreshed,
	"fertft":        events.TokenRefreshRefused,
	"ferrt":         events.RefreshTokenReused,
	"srrt":          events.TokensRevoked,
	"sapi":          events.APIChange,
	"fapi":          events.APIChangeFailed,
	"mgmt_api_read": events.APIRead,
}

// eventType returns the type of a log code.
func eventType(code string) events.Type {
	if known, ok := eventTypes[code]; ok {
		return known
	}
	return events.Other
}
