// Package config reads the configuration from environment variables and validates it.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/internal/limits"
	"usher/internal/loopback"
	"usher/internal/quota"
)

// How a sign-in is bound to the browser that began it.
const (
	BindingCookie = "cookie" // the default
	BindingNone   = "none"   // not bound: for a client without a cookie jar, on loopback
)

// How the gateway authenticates front-ends.
const (
	AuthIAM    = "iam"    // by the AWS signature of a role or user
	AuthBearer = "bearer" // by a bearer token, which an authorizer checks
)

// Config is the configuration of the service. The secret is separate. All URLs are compared
// exactly.
type Config struct {
	SecretID           string        // SECRET_ID: name or ARN of the credentials in Secrets Manager
	ReadSecretID       string        // READ_SECRET_ID: the secret of functions that only read; "" for none
	SecretTTL          time.Duration // SECRET_TTL: how long credentials are cached
	Connection         string        // CONNECTION: default connection of new users
	RedirectURIs       []string      // REDIRECT_URIS: allowed redirect URIs; the first is the default
	LogoutURIs         []string      // POST_LOGOUT_REDIRECT_URIS: allowed URIs; the first is the default
	ResultURLs         []string      // RESULT_URLS: allowed redirect targets of the pages behind mailed links
	Audience           string        // AUDIENCE: the API for which users' access tokens are issued; "" for none
	ManagementAudience string        // MANAGEMENT_AUDIENCE: "" for the tenant's default
	Scopes             []string      // SCOPES: requested by sign-ins
	Binding            string        // LOGIN_BINDING
	FrontendAuth       string        // FRONTEND_AUTH: how the gateway authenticates front-ends
	Limits             limits.Policy // FRONTEND_LIMITS: limits of individual front-ends
	Plan               quota.Plan    // AUTH0_PLAN: the rate limits of the tenant's plan
	Jobs               Jobs          // JOBS_BUCKET, JOBS_MACHINE, JOB_RETENTION_DAYS
	AllowNobody        bool          // DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS
	LogLevel           slog.Level    // LOG_LEVEL
	MetricsService     string        // METRICS_SERVICE: the dimension Service of metrics; "" to write none
	SAMLocal           bool          // AWS_SAM_LOCAL, which only `sam local` sets
	Provisioned        bool          // AWS_LAMBDA_INITIALIZATION_TYPE: with provisioned concurrency, no request waits for the start

	// No variable sets these fields. Tests use them to avoid failures on a slow machine, and benchmarks to
	// avoid the network.
	Deadline       time.Duration     // of one request; 0 for 8 s
	Backoff        time.Duration     // the longest wait before the first retry of a provider call; 0 for 200 ms
	Retries        float64           // of provider calls before the first successful one; 0 for 2
	Transport      http.RoundTripper // to the provider; nil for the usual one
	ConnectionsAge time.Duration     // how long the shown connections are cached; 0 for a minute
}

// The defaults.
const (
	DefaultConnection = "Username-Password-Authentication"
	DefaultScopes     = "openid profile email offline_access"
	defaultSecretTTL  = 5 * time.Minute
)

// FromEnv reads the configuration. Its error lists all faults.
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
		Provisioned:        getenv("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency",
	}
	var faults []error
	if c.SecretID == "" {
		faults = append(faults, errors.New("SECRET_ID is missing"))
	}
	if ttl := getenv("SECRET_TTL"); ttl != "" {
		parsed, err := time.ParseDuration(ttl)
		if err != nil || parsed <= 0 {
			faults = append(faults, fmt.Errorf("SECRET_TTL %q is not a duration such as 5m", ttl))
		}
		c.SecretTTL = parsed
	}
	level, err := logLevel(getenv)
	c.LogLevel = level
	faults = append(faults, err)
	policy, err := limits.Parse(getenv("FRONTEND_LIMITS"), c.Deployment())
	if err != nil {
		faults = append(faults, fmt.Errorf("FRONTEND_LIMITS: %w", err))
	}
	c.Limits = policy
	plan, err := quota.Parse(getenv("AUTH0_PLAN"))
	if err != nil {
		faults = append(faults, fmt.Errorf("AUTH0_PLAN: %w", err))
	}
	c.Plan = plan
	if c.Jobs, err = jobs(getenv); err != nil {
		faults = append(faults, err)
	}
	if c.FrontendAuth != AuthIAM && c.FrontendAuth != AuthBearer {
		faults = append(faults, fmt.Errorf("FRONTEND_AUTH %q is not one of iam, bearer", c.FrontendAuth))
	}
	switch allow := getenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS"); allow {
	case "true":
		c.AllowNobody = true
	case "false", "":
	default:
		faults = append(faults, fmt.Errorf("DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS %q is not one of true, false", allow))
	}
	return c, errors.Join(append(faults, c.Validate())...)
}

// Validate returns an error that lists all faults of the configuration.
func (c Config) Validate() error {
	var faults []error
	if len(c.RedirectURIs) == 0 {
		faults = append(faults, errors.New("REDIRECT_URIS is empty: list at least one"))
	}
	for kind, uris := range map[string][]string{
		"redirect URI": c.RedirectURIs, "post-logout redirect URI": c.LogoutURIs, "result URL": c.ResultURLs,
	} {
		for _, uri := range uris {
			faults = append(faults, checkURI(kind, uri))
		}
	}
	if !slices.Contains(c.Scopes, "openid") {
		faults = append(faults, errors.New("SCOPES lacks openid"))
	}
	switch c.Binding {
	case BindingCookie:
	case BindingNone:
		if slices.ContainsFunc(c.RedirectURIs, notOnLoopback) {
			faults = append(faults, errors.New("LOGIN_BINDING=none lets a leaked callback URL sign a user in, "+
				"so every redirect URI must be on http loopback"))
		}
	default:
		faults = append(faults, fmt.Errorf("LOGIN_BINDING %q is not one of cookie, none", c.Binding))
	}
	return errors.Join(faults...)
}

// Deployment returns the URLs that a front-end's limits can restrict.
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

// checkURI accepts absolute https URIs, and http URIs on loopback (RFC 8252, section 7.3).
// It rejects fragments (RFC 6749, section 3.1.2).
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
	return err != nil || u.Scheme != "http" || !loopback.Is(u.Hostname())
}
