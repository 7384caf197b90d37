// Package config turns the environment into one validated struct.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/internal/limits"
)

// The ways in which a sign-in is bound to the browser that began it.
const (
	BindingCookie = "cookie" // by a cookie, as it should be
	BindingNone   = "none"   // not at all: for a client without a cookie jar, on loopback
)

// The ways in which the gateway authenticates front-ends.
const (
	AuthIAM    = "iam"    // by the signature of a role or user
	AuthBearer = "bearer" // by a token, which an authorizer checks
)

// Config is all that can be configured, beside the secret.
type Config struct {
	SecretID           string        // SECRET_ID: name or ARN of the credentials in Secrets Manager
	ReadSecretID       string        // READ_SECRET_ID: another one's, which functions that only read use; for rotatesecret, "" for none
	SecretTTL          time.Duration // SECRET_TTL: how long they are used before they are read again
	Connection         string        // CONNECTION: where users are created unless said otherwise
	RedirectURIs       []string      // REDIRECT_URIS: where sign-ins may return to, compared exactly; the first is the default
	LogoutURIs         []string      // POST_LOGOUT_REDIRECT_URIS: where sign-outs may return to, compared exactly; the first is the default
	ResultURLs         []string      // RESULT_URLS: where the pages behind mailed links may lead to, compared exactly
	Audience           string        // AUDIENCE: the API that users' access tokens are for; "" for none
	ManagementAudience string        // MANAGEMENT_AUDIENCE: "" for the tenant's own
	Scopes             []string      // SCOPES: what a sign-in asks for
	Binding            string        // LOGIN_BINDING
	FrontendAuth       string        // FRONTEND_AUTH: how the gateway authenticates front-ends
	Limits             limits.Policy // FRONTEND_LIMITS: what single front-ends are limited to
	AllowNobody        bool          // DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: and that it need not
	LogLevel           slog.Level    // LOG_LEVEL
	MetricsService     string        // METRICS_SERVICE: under which name metrics are written; "" for none at all
	SAMLocal           bool          // AWS_SAM_LOCAL, which only `sam local` sets

	// No variable sets these. They are for tests, which a busy machine must not fail.
	Deadline time.Duration // for all that is done for one request; 0 for 8 s
	Backoff  time.Duration // before a call to the provider is repeated; 0 for 100 ms
}

// The defaults.
const (
	DefaultConnection = "Username-Password-Authentication"
	DefaultScopes     = "openid profile email offline_access"
	defaultSecretTTL  = 5 * time.Minute
)

// FromEnv reads the configuration. Its error lists all that is wrong.
func FromEnv(getenv func(string) string) (Config, error) {
	c := Config{
		SecretID:           getenv("SECRET_ID"),
		ReadSecretID:       getenv("READ_SECRET_ID"),
		SecretTTL:          defaultSecretTTL,
		Connection:         cmp.Or(getenv("CONNECTION"), DefaultConnection),
		RedirectURIs:       splitList(getenv("REDIRECT_URIS")),
		LogoutURIs:         splitList(getenv("POST_LOGOUT_REDIRECT_URIS")),
		ResultURLs:         splitList(getenv("RESULT_URLS")),
		Audience:           getenv("AUDIENCE"),
		ManagementAudience: getenv("MANAGEMENT_AUDIENCE"),
		Scopes:             strings.Fields(cmp.Or(getenv("SCOPES"), DefaultScopes)),
		Binding:            cmp.Or(getenv("LOGIN_BINDING"), BindingCookie),
		FrontendAuth:       cmp.Or(getenv("FRONTEND_AUTH"), AuthIAM),
		MetricsService:     getenv("METRICS_SERVICE"),
		SAMLocal:           getenv("AWS_SAM_LOCAL") == "true",
	}
	var wrong []error
	if c.SecretID == "" {
		wrong = append(wrong, errors.New("SECRET_ID is missing"))
	}
	if ttl := getenv("SECRET_TTL"); ttl != "" {
		parsed, err := time.ParseDuration(ttl)
		if err != nil || parsed <= 0 {
			wrong = append(wrong, fmt.Errorf("SECRET_TTL %q is not a duration such as 5m", ttl))
		}
		c.SecretTTL = parsed
	}
	level, err := logLevel(getenv)
	c.LogLevel = level
	wrong = append(wrong, err)
	policy, err := limits.Parse(getenv("FRONTEND_LIMITS"), c.Deployment())
	if err != nil {
		wrong = append(wrong, fmt.Errorf("FRONTEND_LIMITS: %w", err))
	}
	c.Limits = policy
	if c.FrontendAuth != AuthIAM && c.FrontendAuth != AuthBearer {
		wrong = append(wrong, fmt.Errorf("FRONTEND_AUTH %q is not one of iam, bearer", c.FrontendAuth))
	}
	switch allow := getenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS"); allow {
	case "true":
		c.AllowNobody = true
	case "false", "":
	default:
		wrong = append(wrong, fmt.Errorf("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS %q is not one of true, false", allow))
	}
	return c, errors.Join(append(wrong, c.Validate())...)
}

// Validate lists all that is wrong with a configuration, wherever it is from.
func (c Config) Validate() error {
	var wrong []error
	if len(c.RedirectURIs) == 0 {
		wrong = append(wrong, errors.New("REDIRECT_URIS is empty: list at least one"))
	}
	for kind, uris := range map[string][]string{"redirect URI": c.RedirectURIs, "post-logout redirect URI": c.LogoutURIs, "result URL": c.ResultURLs} {
		for _, uri := range uris {
			wrong = append(wrong, checkURI(kind, uri))
		}
	}
	if !slices.Contains(c.Scopes, "openid") {
		wrong = append(wrong, errors.New("SCOPES lacks openid"))
	}
	switch c.Binding {
	case BindingCookie:
	case BindingNone:
		if !slices.ContainsFunc(c.RedirectURIs, notOnLoopback) {
			break
		}
		wrong = append(wrong, errors.New("LOGIN_BINDING=none makes a leaked callback URL a sign-in, so every redirect URI must be on http loopback"))
	default:
		wrong = append(wrong, fmt.Errorf("LOGIN_BINDING %q is not one of cookie, none", c.Binding))
	}
	return errors.Join(wrong...)
}

// Deployment is what front-ends' limits can narrow.
func (c Config) Deployment() limits.Deployment {
	return limits.Deployment{RedirectURIs: c.RedirectURIs, LogoutURIs: c.LogoutURIs, ResultURLs: c.ResultURLs}
}

func splitList(list string) []string {
	var parts []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// checkURI takes absolute https URIs, and http ones on loopback
// (RFC 8252, section 7.3), without a fragment (RFC 6749, section 3.1.2).
func checkURI(kind, uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || uri != strings.TrimSpace(uri):
		return fmt.Errorf("%s %q is not an absolute URL", kind, uri)
	case u.Fragment != "" || strings.Contains(uri, "#"):
		return fmt.Errorf("%s %q has a fragment", kind, uri)
	case u.Scheme == "https", !notOnLoopback(uri):
		return nil
	}
	return fmt.Errorf("%s %q is neither https nor http on loopback", kind, uri)
}

func notOnLoopback(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}
