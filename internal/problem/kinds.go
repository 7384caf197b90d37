package problem

import (
	"net/http"
	"slices"
)

// Kind is one sort of problem. Its Code is part of the contract: clients
// branch on it, so it never changes its meaning.
type Kind struct {
	Code   string // kebab-case; "type" on the wire is "urn:usher:problem:" + Code
	Status int    // HTTP status
	Title  string // the same for every occurrence (RFC 9457, section 3.1.3)
}

// The requests that are wrong in themselves.
var (
	InvalidRequest       = kind("invalid-request", http.StatusBadRequest, "The request is not valid.")
	InvalidJSON          = kind("invalid-json", http.StatusBadRequest, "The body is not valid JSON.")
	InvalidCursor        = kind("invalid-cursor", http.StatusBadRequest, "The cursor is not valid here.")
	NoSuchRoute          = kind("no-such-route", http.StatusNotFound, "There is nothing at this path.")
	PreconditionFailed   = kind("precondition-failed", http.StatusPreconditionFailed, "What was to be changed has changed meanwhile.")
	MethodNotAllowed     = kind("method-not-allowed", http.StatusMethodNotAllowed, "The path does not take this method.")
	BodyTooLarge         = kind("body-too-large", http.StatusRequestEntityTooLarge, "The body is too large.")
	UnsupportedMediaType = kind("unsupported-media-type", http.StatusUnsupportedMediaType, "The body's media type is not supported.")
)

// Who the caller is not, and what it may not do. The gateway has the same codes.
var (
	NotAuthenticated = kind("not-authenticated", http.StatusForbidden, "The caller is not authenticated.")
	Unauthorized     = kind("unauthorized", http.StatusUnauthorized, "The credentials were not accepted.")
	Forbidden        = kind("forbidden", http.StatusForbidden, "The caller may not do this.")

	OutsideFrontEndsLimits = kind("outside-front-ends-limits", http.StatusForbidden, "The front-end's limits exclude this.")
)

// What users can be, or fail to be.
var (
	ListTooUniform       = kind("list-too-uniform", http.StatusUnprocessableEntity, "The list cannot go on in this order.")
	UserNotFound         = kind("user-not-found", http.StatusNotFound, "There is no such user.")
	UserExists           = kind("user-exists", http.StatusConflict, "The user exists already.")
	EmailAmbiguous       = kind("email-ambiguous", http.StatusConflict, "More than one user has this email address.")
	PasswordTooWeak      = kind("password-too-weak", http.StatusUnprocessableEntity, "The password breaks the password policy.")
	IdempotencyKeyReused = kind("idempotency-key-reused", http.StatusUnprocessableEntity, "The Idempotency-Key was used for another request.")
	PartlyUpdated        = kind("partly-updated", http.StatusBadGateway, "Only a part of the change was made.")
)

// What keeps a user from a new password or from verifying an address.
var (
	UserHasNoPassword         = kind("user-has-no-password", http.StatusUnprocessableEntity, "The user signs in without a password.")
	UserHasNoEmail            = kind("user-has-no-email", http.StatusUnprocessableEntity, "The user has no email address.")
	VerificationEmailNotFound = kind("verification-email-not-found", http.StatusNotFound, "There is no such verification email.")
)

// What metadata cannot be.
var (
	MetadataTooLarge = kind("metadata-too-large", http.StatusUnprocessableEntity, "The metadata would be too large.")
)

// What users prove themselves with beside the password.
var (
	MFAMethodNotFound  = kind("mfa-method-not-found", http.StatusNotFound, "The user has no such method.")
	MFAAlreadyEnrolled = kind("mfa-already-enrolled", http.StatusConflict, "The user has a second factor already.")
	MFANotEnrolled     = kind("mfa-not-enrolled", http.StatusUnprocessableEntity, "The user has no second factor.")
)

// How a sign-in can end short of one.
var (
	StateMissing            = kind("state-missing", http.StatusBadRequest, "The state parameter is missing.")
	StateInvalid            = kind("state-invalid", http.StatusBadRequest, "The state was not made by this service.")
	StateExpired            = kind("state-expired", http.StatusBadRequest, "The sign-in took too long.")
	StateNotFromFrontEnd    = kind("state-not-from-this-front-end", http.StatusForbidden, "Another front-end began the sign-in.")
	StateNotFromThisBrowser = kind("state-not-from-this-browser", http.StatusBadRequest, "The sign-in was not begun in this browser.")
	CodeMissing             = kind("code-missing", http.StatusBadRequest, "The code parameter is missing.")
	CodeRefused             = kind("code-refused", http.StatusBadRequest, "The code was refused.")
	SignInRefused           = kind("sign-in-refused", http.StatusBadRequest, "The sign-in was refused.")
	AccessDenied            = kind("access-denied", http.StatusForbidden, "The sign-in was denied.")
	LoginRequired           = kind("login-required", http.StatusUnauthorized, "The user has to sign in.")
	InteractionRequired     = kind("interaction-required", http.StatusUnauthorized, "The user has to take part in the sign-in.")
	ConsentRequired         = kind("consent-required", http.StatusUnauthorized, "The user has to give consent.")
	MFANotProved            = kind("mfa-not-proved", http.StatusForbidden, "The sign-in shows no second factor.")
	WrongConnection         = kind("wrong-connection", http.StatusForbidden, "The user is not of the connection that was asked for.")
	SignInFailed            = kind("sign-in-failed", http.StatusBadGateway, "The provider could not finish the sign-in.")
	IDTokenInvalid          = kind("id-token-invalid", http.StatusBadGateway, "The provider's ID token did not pass its checks.")
)

// What keeps accounts from being linked and parted.
var (
	ProofRefused          = kind("proof-refused", http.StatusUnprocessableEntity, "An ID token does not prove what it should.")
	IdentityAlreadyLinked = kind("identity-already-linked", http.StatusConflict, "The account is linked already.")
	AccountHasIdentities  = kind("account-has-identities", http.StatusUnprocessableEntity, "The account to link has linked identities of its own.")
	AccountBlocked        = kind("account-blocked", http.StatusUnprocessableEntity, "A blocked account cannot be linked.")
	PrimaryIdentity       = kind("primary-identity", http.StatusUnprocessableEntity, "The primary identity cannot be unlinked.")
	IdentityNotFound      = kind("identity-not-found", http.StatusNotFound, "The user has no such identity.")
)

// What roles can lack.
var (
	UnknownRoles = kind("unknown-roles", http.StatusUnprocessableEntity, "Some of these are not roles.")
)

// What can be wrong with sessions and tokens.
var (
	SessionNotFound     = kind("session-not-found", http.StatusNotFound, "The user has no such session.")
	RefreshTokenRefused = kind("refresh-token-refused", http.StatusBadRequest, "The refresh token was refused.")
	OpaqueToken         = kind("opaque-token", http.StatusUnprocessableEntity, "The token cannot be looked into.")
	NotInProvidersPlan  = kind("not-in-providers-plan", http.StatusNotImplemented, "The provider's plan does not include this.")
)

// What goes wrong behind the service, or inside it.
var (
	TooManyRequests      = kind("too-many-requests", http.StatusTooManyRequests, "Too many requests.")
	ServiceUnavailable   = kind("service-unavailable", http.StatusServiceUnavailable, "The service cannot do its work for the moment.")
	ServiceMisconfigured = kind("service-misconfigured", http.StatusInternalServerError, "The service is not configured rightly.")
	Internal             = kind("internal", http.StatusInternalServerError, "Something went wrong.")
	ProviderFailed       = kind("provider-failed", http.StatusBadGateway, "The identity provider gave no usable answer.")
	ProviderUnavailable  = kind("provider-unavailable", http.StatusServiceUnavailable, "The identity provider is not available.")
	ProviderTimeout      = kind("provider-timeout", http.StatusGatewayTimeout, "The identity provider did not answer in time.")
)

// kinds are all of them, in the order of their definition.
var kinds []Kind

// kind defines a kind. There is no other way to get one, so All has them all.
func kind(code string, status int, title string) Kind {
	k := Kind{Code: code, Status: status, Title: title}
	kinds = append(kinds, k)
	return k
}

// All lists every kind that a function can answer with, for the tests that
// hold the contract and the documentation to the code.
func All() []Kind { return slices.Clone(kinds) }
