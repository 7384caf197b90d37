package config

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/quota"
)

// environment returns the minimal environment with changes.
func environment(changes map[string]string) func(string) string {
	env := map[string]string{"SECRET_ID": "usher/auth", "REDIRECT_URIS": "https://app.example.com/callback"}
	for name, value := range changes {
		env[name] = value
	}
	return func(name string) string { return env[name] }
}

func defaults(change func(*Config)) Config {
	c := Config{
		Plan:         quota.Plan{Name: quota.Unknown},
		SecretID:     "usher/auth",
		SecretTTL:    5 * time.Minute,
		Connection:   "Username-Password-Authentication",
		RedirectURIs: []string{"https://app.example.com/callback"},
		Scopes:       []string{"openid", "profile", "email", "offline_access"},
		Binding:      BindingCookie,
		FrontendAuth: AuthIAM,
		LogLevel:     slog.LevelInfo,
		Jobs:         Jobs{Retention: DefaultRetention},
	}
	change(&c)
	return c
}

func TestFromEnv(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want func(*Config)
	}{
		"minimal":                             {nil, func(*Config) {}},
		"a TTL":                               {map[string]string{"SECRET_TTL": "90s"}, func(c *Config) { c.SecretTTL = 90 * time.Second }},
		"a plan":                              {map[string]string{"AUTH0_PLAN": "free"}, func(c *Config) { c.Plan, _ = quota.Parse("free") }},
		"a start on demand":                   {map[string]string{"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}, func(*Config) {}},
		"provisioned concurrency":             {map[string]string{"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}, func(c *Config) { c.Provisioned = true }},
		"a connection":                        {map[string]string{"CONNECTION": "staff"}, func(c *Config) { c.Connection = "staff" }},
		"audiences":                           {map[string]string{"AUDIENCE": "a", "MANAGEMENT_AUDIENCE": "m"}, func(c *Config) { c.Audience, c.ManagementAudience = "a", "m" }},
		"scopes":                              {map[string]string{"SCOPES": " openid\temail "}, func(c *Config) { c.Scopes = []string{"openid", "email"} }},
		"a log level":                         {map[string]string{"LOG_LEVEL": "debug"}, func(c *Config) { c.LogLevel = slog.LevelDebug }},
		"a log level in upper case":           {map[string]string{"LOG_LEVEL": "WARN"}, func(c *Config) { c.LogLevel = slog.LevelWarn }},
		"a cookie":                            {map[string]string{"LOGIN_BINDING": "cookie"}, func(*Config) {}},
		"by IAM":                              {map[string]string{"FRONTEND_AUTH": "iam"}, func(*Config) {}},
		"by token":                            {map[string]string{"FRONTEND_AUTH": "bearer"}, func(c *Config) { c.FrontendAuth = AuthBearer }},
		"unauthenticated callers allowed":     {map[string]string{"DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS": "true"}, func(c *Config) { c.AllowNobody = true }},
		"unauthenticated callers not allowed": {map[string]string{"DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS": "false"}, func(*Config) {}},
		"in sam local":                        {map[string]string{"AWS_SAM_LOCAL": "true"}, func(c *Config) { c.SAMLocal = true }},
		"another value of AWS_SAM_LOCAL":      {map[string]string{"AWS_SAM_LOCAL": "1"}, func(*Config) {}},
		"redirect URIs": {map[string]string{"REDIRECT_URIS": " https://b.example.com/cb?x=1 , http://localhost:3000/callback,,"},
			func(c *Config) {
				c.RedirectURIs = []string{"https://b.example.com/cb?x=1", "http://localhost:3000/callback"}
			}},
		"no binding on loopback": {map[string]string{"LOGIN_BINDING": "none", "REDIRECT_URIS": "http://127.0.0.1:3000/callback,http://localhost/callback,http://[::1]:3000/callback"},
			func(c *Config) {
				c.Binding = BindingNone
				c.RedirectURIs = []string{"http://127.0.0.1:3000/callback", "http://localhost/callback", "http://[::1]:3000/callback"}
			}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := FromEnv(environment(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(defaults(tt.want), got, cmp.AllowUnexported(limits.Policy{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFromEnvRefuses(t *testing.T) {
	const unbound = "every redirect URI must be on http loopback"
	tests := map[string]struct {
		env  map[string]string
		want []string // a part of each fault
	}{
		"no secret":                                   {map[string]string{"SECRET_ID": ""}, []string{"SECRET_ID is missing"}},
		"a TTL without a unit":                        {map[string]string{"SECRET_TTL": "300"}, []string{`SECRET_TTL "300"`}},
		"a TTL of zero":                               {map[string]string{"SECRET_TTL": "0s"}, []string{`SECRET_TTL "0s"`}},
		"a negative TTL":                              {map[string]string{"SECRET_TTL": "-5m"}, []string{`SECRET_TTL "-5m"`}},
		"an unknown log level":                        {map[string]string{"LOG_LEVEL": "loud"}, []string{`LOG_LEVEL "loud"`}},
		"no redirect URI":                             {map[string]string{"REDIRECT_URIS": " , "}, []string{"REDIRECT_URIS is empty"}},
		"no openid":                                   {map[string]string{"SCOPES": "profile openid2"}, []string{"SCOPES lacks openid"}},
		"an unknown binding":                          {map[string]string{"LOGIN_BINDING": "None"}, []string{`LOGIN_BINDING "None"`}},
		"unbound on https":                            {map[string]string{"LOGIN_BINDING": "none"}, []string{unbound}},
		"unbound on loopback and https":               {map[string]string{"LOGIN_BINDING": "none", "REDIRECT_URIS": "http://localhost/cb,https://app.example.com/cb"}, []string{unbound}},
		"unbound on https loopback":                   {map[string]string{"LOGIN_BINDING": "none", "REDIRECT_URIS": "https://localhost/cb"}, []string{unbound}},
		"an unknown authentication":                   {map[string]string{"FRONTEND_AUTH": "IAM"}, []string{`FRONTEND_AUTH "IAM"`}},
		"an invalid flag for unauthenticated callers": {map[string]string{"DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS": "yes"}, []string{`DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS "yes"`}},
		"limits beyond the deployment": {
			map[string]string{"FRONTEND_LIMITS": `{"unlisted":"no","front_ends":[{"name":"shop","client_id":"c","redirect_uris":["https://evil.example.com/"]}]}`},
			[]string{`FRONTEND_LIMITS: unlisted must be one of`, "front_ends[0].redirect_uris[0] is not allowed by the deployment"},
		},
		"two invalid redirect URIs": {map[string]string{"REDIRECT_URIS": "/a,https://app.example.com/cb,/b"}, []string{`"/a"`, `"/b"`}},
		"several faults": {
			map[string]string{"SECRET_ID": "", "SECRET_TTL": "x", "LOG_LEVEL": "x", "REDIRECT_URIS": "http://app.example.com/cb", "SCOPES": "email", "LOGIN_BINDING": "none"},
			[]string{"SECRET_ID", "SECRET_TTL", "LOG_LEVEL", `"http://app.example.com/cb" is neither https`, "SCOPES", unbound},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := FromEnv(environment(tt.env))
			if err == nil {
				t.Fatal("no error")
			}
			faults := strings.Split(err.Error(), "\n")
			if len(faults) != len(tt.want) {
				t.Fatalf("%d faults, want %d: %v", len(faults), len(tt.want), err)
			}
			for i, want := range tt.want {
				if !strings.Contains(faults[i], want) {
					t.Errorf("%q, want %q in it", faults[i], want)
				}
			}
		})
	}
}

func TestFromEnvReadsLimits(t *testing.T) {
	c, err := FromEnv(environment(map[string]string{
		"POST_LOGOUT_REDIRECT_URIS": "https://app.example.com/bye", "RESULT_URLS": "https://app.example.com/done",
		"FRONTEND_LIMITS": `{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","redirect_uris":["https://app.example.com/callback"],
			"post_logout_redirect_uris":["https://app.example.com/bye"],"result_urls":["https://app.example.com/done"]}]}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := c.Limits.FrontEnd(httpapi.Caller{ID: "c"}, nil); err != nil || f.Name() != "shop" {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := c.Limits.FrontEnd(httpapi.Caller{ID: "d"}, nil); err == nil {
		t.Errorf("%+v", f)
	}
}

// The log settings are returned even with an error, since the error is logged.
func TestFromEnvWithFaultsReturnsLogSettings(t *testing.T) {
	c, err := FromEnv(environment(map[string]string{"SECRET_ID": "", "LOG_LEVEL": "debug", "AWS_SAM_LOCAL": "true"}))
	if err == nil || c.LogLevel != slog.LevelDebug || !c.SAMLocal {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestRedirectURIs(t *testing.T) {
	const (
		valid    = ""
		absolute = "is not an absolute URL"
		fragment = "has a fragment"
		insecure = "is neither https nor http on loopback"
	)
	for uri, want := range map[string]string{
		"https://app.example.com/callback":             valid,
		"https://app.example.com:8443/callback?a=b":    valid,
		"https://app.example.com":                      valid,
		"http://127.0.0.1:3000/callback":               valid,
		"http://127.9.9.9/callback":                    valid,
		"http://[::1]:3000/callback":                   valid,
		"http://localhost:3000/callback":               valid,
		"":                                             absolute,
		"/callback":                                    absolute,
		"callback":                                     absolute,
		"//app.example.com/callback":                   insecure,
		"https:///callback":                            absolute,
		"https://:443/callback":                        absolute,
		"https:app.example.com":                        absolute,
		"https://user@app.example.com/callback":        absolute,
		"https://user:pass@app.example.com/callback":   absolute,
		" https://app.example.com/callback":            absolute,
		"https://app.example.com/callback ":            absolute,
		"https://app.example.com/%zz":                  absolute,
		"https://app.example.com/callback#fragment":    fragment,
		"https://app.example.com/callback#":            fragment,
		"http://app.example.com/callback":              insecure,
		"http://localhost.example.com/callback":        insecure,
		"http://127.0.0.1.example.com/callback":        insecure,
		"http://10.0.0.1/callback":                     insecure,
		"http://0.0.0.0:3000/callback":                 insecure,
		"javascript://localhost/%0aalert(1)":           insecure,
		"app.example://callback":                       insecure,
		"ftp://127.0.0.1/callback":                     insecure,
		"http://127.0.0.1@evil.example.com/callback":   absolute,
		"https://app.example.com/callback\r\nX: y":     absolute,
		"http://app.example.com@127.0.0.1/callback":    absolute,
		"http://app.example.com/cb?h=http://localhost": insecure,
	} {
		err := Config{RedirectURIs: []string{uri}, Scopes: []string{"openid"}, Binding: BindingCookie}.Validate()
		switch {
		case want == valid && err != nil:
			t.Errorf("%q: %v", uri, err)
		case want != valid && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", uri, err, want)
		}
	}
}
