package localtenant

import (
	"fmt"
	"slices"
	"time"
)

// Settings are what a test may change of a running tenant. In JSON, durations
// are text such as "500ms".
type Settings struct {
	Plan             Plan           `json:"plan"`                       // rate limits
	LimitHeaders     LimitHeaders   `json:"limit_headers"`              // the variant of the rate limits' headers
	SharedDeletes    bool           `json:"shared_deletes"`             // deleting users counts as writing users
	IndexLag         Duration       `json:"index_lag"`                  // how much later searches see a change
	IssuerInResponse bool           `json:"authorization_response_iss"` // RFC 9207
	MFA              MFAPolicy      `json:"mfa"`
	MFAAction        MFAAction      `json:"mfa_action"`        // without one that is bound, "requested" is as "never"
	Factors          []string       `json:"factors"`           // that are switched on
	NoOfflineAccess  bool           `json:"no_offline_access"` // no refresh tokens for APIs of one's own
	RepeatNonce      bool           `json:"repeat_nonce"`      // a refreshed ID token has the nonce of its sign-in
	PasswordPolicy   PasswordPolicy `json:"password_policy"`   // of the database connection
	SessionIdle      Duration       `json:"session_idle"`
	SessionMaximum   Duration       `json:"session_maximum"`
	NoSessions       bool           `json:"no_sessions"`  // a plan without the endpoints for sessions and refresh tokens
	SecretLag        Duration       `json:"secret_lag"`   // for how long a client's update leaves either secret valid
	SecretNodes      Nodes          `json:"secret_nodes"` // which one a request finds until then
	Quirks           bool           `json:"quirks"`       // answers in the odd forms that real tenants have
	Imports          Imports        `json:"imports"`      // jobs that import users
	Application      Application    `json:"application"`
}

// Application is what is registered of an application.
type Application struct {
	Type                 string   `json:"app_type"`                   // default "regular_web"
	AuthMethod           string   `json:"token_endpoint_auth_method"` // default "client_secret_post"
	Callbacks            []string `json:"callbacks"`
	LogoutURLs           []string `json:"logout_urls"`
	Grants               []string `json:"grants"`
	Scopes               []string `json:"scopes"` // of the Management API
	RotateRefreshTokens  bool     `json:"rotate_refresh_tokens"`
	IDTokenLifetime      Duration `json:"id_token_lifetime"`
	AccessTokenLifetime  Duration `json:"access_token_lifetime"`
	ManagerTokenLifetime Duration `json:"management_token_lifetime"`
	RefreshTokenLifetime Duration `json:"refresh_token_lifetime"`
}

// MFAPolicy says when a second factor is asked for.
type MFAPolicy string

// A real tenant asks as an Action says; these are the usual ones.
const (
	MFARequested MFAPolicy = "requested" // by acr_values
	MFAAlways    MFAPolicy = "always"
	MFANever     MFAPolicy = "never"
)

// Duration is a time.Duration that reads and writes itself as text.
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

func (d Duration) seconds() int { return int(time.Duration(d) / time.Second) }

// after is the instant d after t.
func (d Duration) after(t time.Time) time.Time { return t.Add(time.Duration(d)) }

// The service's addresses on this machine.
var (
	defaultCallbacks  = []string{"http://127.0.0.1:3000/callback", "http://localhost:3000/callback"}
	defaultLogoutURLs = []string{
		"http://127.0.0.1:3000", "http://127.0.0.1:3000/", "http://localhost:3000", "http://localhost:3000/",
	}
)

func (t *Tenant) defaultSettings() Settings {
	return Settings{
		Plan: t.opts.Plan, LimitHeaders: LimitHeadersNext, MFA: MFARequested, MFAAction: MFAActionBound, Factors: []string{"otp", "recovery-code"},
		PasswordPolicy: defaultPolicy(), SecretNodes: NodesByConnection, Quirks: t.opts.Quirks,
		Imports:     Imports{Limit: 2},
		SessionIdle: Duration(3 * 24 * time.Hour), SessionMaximum: Duration(7 * 24 * time.Hour),
		Application: Application{
			Type: "regular_web", AuthMethod: "client_secret_post",
			Callbacks:            slices.Concat(defaultCallbacks, t.opts.Callbacks),
			LogoutURLs:           slices.Concat(defaultLogoutURLs, t.opts.LogoutURLs),
			Grants:               []string{"authorization_code", "refresh_token", "client_credentials"},
			Scopes:               t.allScopes(),
			IDTokenLifetime:      Duration(10 * time.Hour),
			AccessTokenLifetime:  Duration(24 * time.Hour),
			ManagerTokenLifetime: Duration(24 * time.Hour),
			RefreshTokenLifetime: Duration(30 * 24 * time.Hour),
		},
	}
}

// clone shares nothing with s: what a test holds must not change under the tenant.
func (s Settings) clone() Settings {
	s.Factors = slices.Clone(s.Factors)
	a := &s.Application
	a.Callbacks, a.LogoutURLs = slices.Clone(a.Callbacks), slices.Clone(a.LogoutURLs)
	a.Grants, a.Scopes = slices.Clone(a.Grants), slices.Clone(a.Scopes)
	return s
}

// names returns the plans' names.
func names(plans []Plan) (all []string) {
	for _, p := range plans {
		all = append(all, string(p))
	}
	return all
}

func (s Settings) validate() error {
	policy := s.PasswordPolicy
	for _, c := range []struct {
		name, value string
		want        []string
	}{
		{"plan", string(s.Plan), names(Plans)},
		{"limit_headers", string(s.LimitHeaders), []string{"next", "full", "none"}},
		{"mfa", string(s.MFA), []string{"requested", "always", "never"}},
		{"mfa_action", string(s.MFAAction), []string{"none", "draft", "deployed", "bound"}},
		{"secret_nodes", string(s.SecretNodes), []string{"connection", "request"}},
		{"password_policy.level", policy.Level, []string{"none", "low", "fair", "good", "excellent"}},
		{"password_policy.max_length_exceeded", policy.TooLong, []string{"", TooLongTruncate, TooLongError}},
	} {
		if !slices.Contains(c.want, c.value) {
			return fmt.Errorf("%s %q: want one of %q", c.name, c.value, c.want)
		}
	}
	switch {
	case slices.ContainsFunc(s.Factors, func(f string) bool { return !slices.Contains(guardianFactors, f) }):
		return fmt.Errorf("factors %q: want some of %q", s.Factors, guardianFactors)
	case policy.MinLength < 0 || policy.MinLength > 128:
		return fmt.Errorf("password_policy.min_length %d: want 0 to 128", policy.MinLength)
	case policy.History < 0 || policy.History > 24:
		return fmt.Errorf("password_policy.history %d: want 0 to 24", policy.History)
	}
	if err := s.Imports.validate(); err != nil {
		return err
	}
	for name, d := range map[string]Duration{
		"index_lag": s.IndexLag + 1, "secret_lag": s.SecretLag + 1, // these two may be zero
		"session_idle": s.SessionIdle, "session_maximum": s.SessionMaximum,
		"application.id_token_lifetime":         s.Application.IDTokenLifetime,
		"application.access_token_lifetime":     s.Application.AccessTokenLifetime,
		"application.management_token_lifetime": s.Application.ManagerTokenLifetime,
		"application.refresh_token_lifetime":    s.Application.RefreshTokenLifetime,
	} {
		if d <= 0 {
			return fmt.Errorf("%s: want a positive duration", name)
		}
	}
	return nil
}

// Settings returns the tenant's settings.
func (t *Tenant) Settings() Settings {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.currentSettings()
}

func (t *Tenant) currentSettings() Settings {
	s := t.settings
	s.Application = t.clients[ClientID].Application
	return s.clone()
}

// Configure changes settings. Tokens and sessions that exist keep what they got.
func (t *Tenant) Configure(change func(*Settings)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.currentSettings()
	change(&s)
	return t.apply(s)
}

func (t *Tenant) apply(s Settings) error {
	if err := s.validate(); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	t.settings = s.clone()
	t.clients[ClientID].Application = t.settings.Application
	t.users.index.lag = time.Duration(s.IndexLag)
	t.limits.plan, t.limits.headers, t.limits.sharedDeletes = s.Plan, s.LimitHeaders, s.SharedDeletes
	if c, ok := t.connectionNamed(Connection); ok {
		c.policy = s.PasswordPolicy
	}
	return nil
}
