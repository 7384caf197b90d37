package problem

import "net/http"

// Kind is one sort of problem. Its Code is part of the contract: clients
// branch on it, so it never changes its meaning.
type Kind struct {
	Code   string // kebab-case; "type" on the wire is "urn:usher:problem:" + Code
	Status int    // HTTP status
	Title  string // the same for every occurrence (RFC 9457, section 3.1.3)
}

// The requests that are wrong in themselves.
var (
	InvalidRequest       = Kind{"invalid-request", http.StatusBadRequest, "The request is not valid."}
	InvalidJSON          = Kind{"invalid-json", http.StatusBadRequest, "The body is not valid JSON."}
	InvalidCursor        = Kind{"invalid-cursor", http.StatusBadRequest, "The cursor is not valid here."}
	NoSuchRoute          = Kind{"no-such-route", http.StatusNotFound, "There is nothing at this path."}
	MethodNotAllowed     = Kind{"method-not-allowed", http.StatusMethodNotAllowed, "The path does not take this method."}
	BodyTooLarge         = Kind{"body-too-large", http.StatusRequestEntityTooLarge, "The body is too large."}
	UnsupportedMediaType = Kind{"unsupported-media-type", http.StatusUnsupportedMediaType, "The body's media type is not supported."}
	NotAuthenticated     = Kind{"not-authenticated", http.StatusForbidden, "The caller is not authenticated."}
)

// What users can be, or fail to be.
var (
	ListTooUniform  = Kind{"list-too-uniform", http.StatusUnprocessableEntity, "The list cannot go on in this order."}
	UserNotFound    = Kind{"user-not-found", http.StatusNotFound, "There is no such user."}
	UserExists      = Kind{"user-exists", http.StatusConflict, "The user exists already."}
	EmailAmbiguous  = Kind{"email-ambiguous", http.StatusConflict, "More than one user has this email address."}
	PasswordTooWeak = Kind{"password-too-weak", http.StatusUnprocessableEntity, "The password breaks the password policy."}
	PartlyUpdated   = Kind{"partly-updated", http.StatusBadGateway, "Only a part of the change was made."}
)

// How a sign-in can end short of one.
var (
	StateMissing            = Kind{"state-missing", http.StatusBadRequest, "The state parameter is missing."}
	StateInvalid            = Kind{"state-invalid", http.StatusBadRequest, "The state was not made by this service."}
	StateExpired            = Kind{"state-expired", http.StatusBadRequest, "The sign-in took too long."}
	StateNotFromThisBrowser = Kind{"state-not-from-this-browser", http.StatusBadRequest, "The sign-in was not begun in this browser."}
	CodeMissing             = Kind{"code-missing", http.StatusBadRequest, "The code parameter is missing."}
	CodeRefused             = Kind{"code-refused", http.StatusBadRequest, "The code was refused."}
	SignInRefused           = Kind{"sign-in-refused", http.StatusBadRequest, "The sign-in was refused."}
	AccessDenied            = Kind{"access-denied", http.StatusForbidden, "The sign-in was denied."}
	LoginRequired           = Kind{"login-required", http.StatusUnauthorized, "The user has to sign in."}
	InteractionRequired     = Kind{"interaction-required", http.StatusUnauthorized, "The user has to take part in the sign-in."}
	ConsentRequired         = Kind{"consent-required", http.StatusUnauthorized, "The user has to give consent."}
	SignInFailed            = Kind{"sign-in-failed", http.StatusBadGateway, "The provider could not finish the sign-in."}
	IDTokenInvalid          = Kind{"id-token-invalid", http.StatusBadGateway, "The provider's ID token did not pass its checks."}
)

// What goes wrong behind the service, or inside it.
var (
	TooManyRequests      = Kind{"too-many-requests", http.StatusTooManyRequests, "Too many requests."}
	ServiceUnavailable   = Kind{"service-unavailable", http.StatusServiceUnavailable, "The service cannot do its work for the moment."}
	ServiceMisconfigured = Kind{"service-misconfigured", http.StatusInternalServerError, "The service is not configured rightly."}
	Internal             = Kind{"internal", http.StatusInternalServerError, "Something went wrong."}
	ProviderFailed       = Kind{"provider-failed", http.StatusBadGateway, "The identity provider gave no usable answer."}
	ProviderUnavailable  = Kind{"provider-unavailable", http.StatusServiceUnavailable, "The identity provider is not available."}
	ProviderTimeout      = Kind{"provider-timeout", http.StatusGatewayTimeout, "The identity provider did not answer in time."}
)

// All lists every kind that a function can answer with, for the tests that
// hold the contract and the documentation to the code.
func All() []Kind {
	return []Kind{
		InvalidRequest, InvalidJSON, InvalidCursor, NoSuchRoute, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType, NotAuthenticated,
		ListTooUniform, UserNotFound, UserExists, EmailAmbiguous, PasswordTooWeak, PartlyUpdated,
		StateMissing, StateInvalid, StateExpired, StateNotFromThisBrowser, CodeMissing, CodeRefused, SignInRefused, AccessDenied,
		LoginRequired, InteractionRequired, ConsentRequired, SignInFailed, IDTokenInvalid,
		TooManyRequests, ServiceUnavailable, ServiceMisconfigured, Internal, ProviderFailed, ProviderUnavailable, ProviderTimeout,
	}
}
