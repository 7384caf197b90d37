package problem

import "slices"

// Kind is a kind of problem. Its Code is part of the contract: clients branch on it, so a code never
// changes its meaning.
type Kind struct {
	Code   string // kebab-case; "type" on the wire is "urn:usher:problem:" + Code
	Status int    // HTTP status
	Title  string // the same for every occurrence (RFC 9457, section 3.1.3)
}

// Invalid requests.
var (
	InvalidRequest       = kind("invalid-request", 400, "The request is not valid.")
	InvalidJSON          = kind("invalid-json", 400, "The body is not valid JSON.")
	InvalidCursor        = kind("invalid-cursor", 400, "The cursor is not valid here.")
	NoSuchRoute          = kind("no-such-route", 404, "There is nothing at this path.")
	PreconditionFailed   = kind("precondition-failed", 412, "The resource has changed.")
	MethodNotAllowed     = kind("method-not-allowed", 405, "The path does not accept this method.")
	BodyTooLarge         = kind("body-too-large", 413, "The body is too large.")
	UnsupportedMediaType = kind("unsupported-media-type", 415, "The body's media type is not supported.")
)

// Authentication and authorization. The gateway uses the same codes.
var (
	NotAuthenticated = kind("not-authenticated", 403, "The caller is not authenticated.")
	Unauthorized     = kind("unauthorized", 401, "The credentials were not accepted.")
	Forbidden        = kind("forbidden", 403, "The caller may not do this.")

	OutsideFrontEndsLimits = kind("outside-front-ends-limits", 403, "The front-end's limits exclude this.")
)

// Users.
var (
	ListTooUniform       = kind("list-too-uniform", 422, "The list cannot continue in this order.")
	UserNotFound         = kind("user-not-found", 404, "There is no such user.")
	UserExists           = kind("user-exists", 409, "The user already exists.")
	EmailAmbiguous       = kind("email-ambiguous", 409, "More than one user has this email address.")
	PasswordTooWeak      = kind("password-too-weak", 422, "The password violates the password policy.")
	IdempotencyKeyReused = kind("idempotency-key-reused", 422, "The Idempotency-Key was used for another request.")
	PartlyUpdated        = kind("partly-updated", 502, "Only part of the change was made.")
)

// Passwords and verification of addresses.
var (
	UserHasNoPassword         = kind("user-has-no-password", 422, "The user signs in without a password.")
	UserHasNoEmail            = kind("user-has-no-email", 422, "The user has no email address.")
	VerificationEmailNotFound = kind("verification-email-not-found", 404, "There is no such verification email.")
)

// Metadata.
var (
	MetadataTooLarge = kind("metadata-too-large", 422, "The metadata would be too large.")
)

// Multi-factor authentication.
var (
	MFAMethodNotFound  = kind("mfa-method-not-found", 404, "The user has no such method.")
	MFAAlreadyEnrolled = kind("mfa-already-enrolled", 409, "The user already has a second factor.")
	MFANotEnrolled     = kind("mfa-not-enrolled", 422, "The user has no second factor.")
)

// Failed sign-ins.
var (
	StateMissing            = kind("state-missing", 400, "The state parameter is missing.")
	StateInvalid            = kind("state-invalid", 400, "The state is not from this service.")
	StateExpired            = kind("state-expired", 400, "The sign-in took too long.")
	StateNotFromFrontEnd    = kind("state-not-from-this-front-end", 403, "Another front-end began the sign-in.")
	StateNotFromThisBrowser = kind("state-not-from-this-browser", 400, "The sign-in did not begin in this browser.")
	CodeMissing             = kind("code-missing", 400, "The code parameter is missing.")
	CodeRefused             = kind("code-refused", 400, "The code was refused.")
	SignInRefused           = kind("sign-in-refused", 400, "The sign-in was refused.")
	AccessDenied            = kind("access-denied", 403, "The sign-in was denied.")
	LoginRequired           = kind("login-required", 401, "The user has to sign in.")
	InteractionRequired     = kind("interaction-required", 401, "The sign-in requires user interaction.")
	ConsentRequired         = kind("consent-required", 401, "The user has to give consent.")
	MFANotProved            = kind("mfa-not-proved", 403, "The sign-in shows no second factor.")
	WrongConnection         = kind("wrong-connection", 403, "The user is not in the requested connection.")
	SignInFailed            = kind("sign-in-failed", 502, "The provider could not finish the sign-in.")
	IDTokenInvalid          = kind("id-token-invalid", 502, "The provider's ID token failed a check.")
)

// Linking and unlinking accounts.
var (
	ProofRefused          = kind("proof-refused", 422, "An ID token does not prove the sign-in.")
	IdentityAlreadyLinked = kind("identity-already-linked", 409, "The account is already linked.")
	AccountHasIdentities  = kind("account-has-identities", 422, "The account to link has linked identities.")
	AccountBlocked        = kind("account-blocked", 422, "A blocked account cannot be linked.")
	PrimaryIdentity       = kind("primary-identity", 422, "The primary identity cannot be unlinked.")
	IdentityNotFound      = kind("identity-not-found", 404, "The user has no such identity.")
)

// Roles.
var (
	UnknownRoles = kind("unknown-roles", 422, "Some values are not roles.")
)

// Sessions and tokens.
var (
	SessionNotFound     = kind("session-not-found", 404, "The user has no such session.")
	RefreshTokenRefused = kind("refresh-token-refused", 400, "The refresh token was refused.")
	OpaqueToken         = kind("opaque-token", 422, "The token cannot be introspected.")
	NotInProvidersPlan  = kind("not-in-providers-plan", 501, "The provider's plan does not include this.")
)

// Jobs.
var (
	JobNotFound   = kind("job-not-found", 404, "There is no such job.")
	JobNotPlanned = kind("job-not-planned", 409, "The job has no plan to confirm.")
	JobDecided    = kind("job-decided", 409, "Another decision about the job was made.")
	PlanChanged   = kind("plan-changed", 409, "The plan has another number of users.")
	ResultsErased = kind("results-erased", 410, "The job's results were erased.")
	TooManyJobs   = kind("too-many-jobs", 429, "Too many jobs are running.")
	JobNotStarted = kind("job-not-started", 503, "The job was not started.")
)

// Records of jobs. These problems are in results only.
var (
	DuplicateRecord = kind("duplicate-record", 409, "An earlier record is about the same user.")
	JobInterrupted  = kind("job-interrupted", 500, "The job ended while this record was in work.")
	JobCancelled    = kind("job-cancelled", 409, "The job was cancelled before this record.")
	UserChanged     = kind("user-changed", 409, "The user has changed since the plan.")
	UserSignedIn    = kind("user-signed-in", 409, "The user has signed in since the plan.")
	PlanExpired     = kind("plan-expired", 409, "The plan was not confirmed in time.")
)

// Failures of the service and the identity provider.
var (
	TooManyRequests      = kind("too-many-requests", 429, "Too many requests.")
	ProviderBudget       = kind("provider-budget", 429, "The provider's quota is reserved for other requests.")
	ServiceUnavailable   = kind("service-unavailable", 503, "The service is temporarily unavailable.")
	ServiceMisconfigured = kind("service-misconfigured", 500, "The service is misconfigured.")
	Internal             = kind("internal", 500, "Something went wrong.")
	ProviderFailed       = kind("provider-failed", 502, "The identity provider returned no usable response.")
	ProviderUnavailable  = kind("provider-unavailable", 503, "The identity provider is not available.")
	ProviderTimeout      = kind("provider-timeout", 504, "The identity provider did not answer in time.")
)

// kinds lists all kinds in order of definition.
var kinds []Kind

// kind defines a kind and adds it to All.
func kind(code string, status int, title string) Kind {
	k := Kind{Code: code, Status: status, Title: title}
	kinds = append(kinds, k)
	return k
}

// All returns every kind that a function can respond with. Tests use it to compare the
// contract and the documentation with the code.
func All() []Kind { return slices.Clone(kinds) }
