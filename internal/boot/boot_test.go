package boot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/api"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/users"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// vault is a fake Secrets Manager. The environment points the AWS SDK to it.
type vault struct {
	reads  atomic.Int64
	status int
	answer map[string]string
}

func startVault(t *testing.T, status int, answer map[string]string) *vault {
	t.Helper()
	v := &vault{status: status, answer: answer}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.reads.Add(1)
		body, _ := io.ReadAll(r.Body)
		if target := r.Header.Get("X-Amz-Target"); target != "secretsmanager.GetSecretValue" || !bytes.Contains(body, []byte(`"usher/auth"`)) {
			t.Errorf("%s %s", target, body)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(v.status)
		_ = json.NewEncoder(w).Encode(v.answer)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": server.URL,
		"AWS_REGION":                       "eu-central-1",
		"AWS_ACCESS_KEY_ID":                "test",
		"AWS_SECRET_ACCESS_KEY":            "test",
		"AWS_SESSION_TOKEN":                "",
		"AWS_CONFIG_FILE":                  os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE":      os.DevNull,
	} {
		t.Setenv(name, value)
	}
	return v
}

func secretOf(domain, clientSecret string) map[string]string {
	return map[string]string{"SecretString": fmt.Sprintf(`{"domain":%q,"client_id":%q,"client_secret":%q}`, domain, localtenant.ClientID, clientSecret)}
}

func getUser(s *Service) api.Operation { return users.Get(s.Auth0().Users()) }

func listUsers(s *Service) api.Operation { return users.List(s.Auth0().Users(), s.Sealer()) }

func event(path string) events.APIGatewayProxyRequest {
	return events.APIGatewayProxyRequest{
		HTTPMethod: "GET", Path: path,
		RequestContext: events.APIGatewayProxyRequestContext{RequestID: "gateway-id", Identity: events.APIGatewayRequestIdentity{AccountID: "123456789012", UserArn: "arn:front-end"}},
	}
}

func configured() config.Config {
	return config.Config{
		SecretID: "usher/auth", SecretTTL: time.Minute, Connection: localtenant.Connection,
		RedirectURIs: []string{"https://app.example.com/callback"}, Scopes: []string{"openid"}, Binding: config.BindingCookie,
		Deadline: 8 * time.Minute, // not reached even on a busy machine
	}
}

// function returns a Lambda handler and its log.
func function(cfg config.Config, wrong error, operation func(*Service) api.Operation) (serve func(*testing.T, events.APIGatewayProxyRequest) (int, string), log *bytes.Buffer) {
	log = &bytes.Buffer{}
	handler := Gateway(cfg, wrong, httpapi.NewLines(log), operation)
	return func(t *testing.T, e events.APIGatewayProxyRequest) (int, string) {
		t.Helper()
		payload, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		text, err := handler.Invoke(t.Context(), payload)
		if err != nil {
			t.Fatal(err)
		}
		var answer events.APIGatewayProxyResponse
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, answer.Body
	}, log
}

// logged returns a field of the log line with this message.
func logged(t *testing.T, log *bytes.Buffer, message, field string) string {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if entry["msg"] == message {
			return fmt.Sprint(entry[field])
		}
	}
	t.Fatalf("the log has no %q: %s", message, log)
	return ""
}

func TestFunctionServes(t *testing.T) {
	tenant := tenanttest.Start(t)
	v := startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	serve, log := function(configured(), nil, getUser)
	if v.reads.Load() != 0 || tenant.Tenant.Stats().Requests != 0 {
		t.Error("there was I/O before the first event")
	}
	for range 3 {
		status, body := serve(t, event("/users/auth0%7C65e19a100000000000000001"))
		if status != 200 || !strings.Contains(body, `"ada@example.com"`) {
			t.Fatalf("%d %s", status, body)
		}
	}
	if got := v.reads.Load(); got != 1 {
		t.Errorf("the secret was read %d times", got)
	}
	if logged(t, log, "request", "provider_calls") != "2" { // the token is one
		t.Errorf("the calls to the provider are not counted: %s", log)
	}
	if logged(t, log, "request", "caller") != "arn:front-end" || logged(t, log, "request", "request_id") != "gateway-id" {
		t.Errorf("the log lacks the caller: %s", log)
	}
	if status, _ := serve(t, event("/users")); status != 404 {
		t.Errorf("a function serves the route of another one: %d", status)
	}
}

func TestFunctionRereadsTheSecretAfterItsTTL(t *testing.T) {
	tenant := tenanttest.Start(t)
	v := startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	cfg := configured()
	cfg.SecretTTL = time.Nanosecond
	serve, _ := function(cfg, nil, getUser)
	serve(t, event("/users/x"))
	before := v.reads.Load()
	serve(t, event("/users/x"))
	if v.reads.Load() == before {
		t.Error("SECRET_TTL has no effect")
	}
}

func TestFunctionWithAnInvalidConfiguration(t *testing.T) {
	_, wrong := config.FromEnv(func(string) string { return "" })
	for _, samLocal := range []bool{false, true} {
		serve, log := function(config.Config{SAMLocal: samLocal}, wrong, func(*Service) api.Operation {
			t.Error("the operation was created")
			return api.Operation{}
		})
		if got := logged(t, log, "the configuration is wrong", "error"); got != wrong.Error() {
			t.Errorf("the log says %q at the start, want %q", got, wrong)
		}
		for _, path := range []string{"/users", "/", "/users/auth0%7Cx"} {
			log.Reset()
			status, body := serve(t, event(path))
			wantProblem(t, status, body, problem.ServiceMisconfigured)
			if got := logged(t, log, "request", "error"); !strings.Contains(got, "SECRET_ID is missing") || !strings.Contains(got, "REDIRECT_URIS is empty") {
				t.Errorf("the log says %q", got)
			}
			if strings.Contains(body, "SECRET_ID") {
				t.Errorf("the response has the cause: %s", body)
			}
		}
	}
}

func TestUnauthenticatedCallersAreServedOnlyIfConfigured(t *testing.T) {
	anonymous := event("/users/x")
	anonymous.RequestContext.Identity = events.APIGatewayRequestIdentity{SourceIP: "127.0.0.1"}
	const (
		locally   = "AWS_SAM_LOCAL is set"
		dangerous = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS is true"
	)
	tests := map[string]struct {
		change func(*config.Config)
		want   problem.Kind
		warns  string
	}{
		"by IAM":            {func(*config.Config) {}, problem.NotAuthenticated, ""},
		"by token":          {func(c *config.Config) { c.FrontendAuth = config.AuthBearer }, problem.NotAuthenticated, ""},
		"sam local":         {func(c *config.Config) { c.SAMLocal, c.LogLevel = true, slog.LevelWarn }, problem.UserNotFound, locally},
		"allowed":           {func(c *config.Config) { c.AllowNobody = true }, problem.UserNotFound, dangerous},
		"allowed and token": {func(c *config.Config) { c.AllowNobody, c.FrontendAuth = true, config.AuthBearer }, problem.UserNotFound, dangerous},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
			cfg := configured()
			cfg.LogLevel = slog.LevelError
			tt.change(&cfg)
			serve, log := function(cfg, nil, getUser)
			for _, warning := range []string{locally, dangerous} {
				if warned := strings.Contains(log.String(), warning); warned != (warning == tt.warns) {
					t.Errorf("the log at start is %q", log)
				}
			}
			status, body := serve(t, anonymous)
			wantProblem(t, status, body, tt.want)
		})
	}
}

// The functions also check the authorizer's statement about the caller.
func TestFunctionChecksTheTokenAgain(t *testing.T) {
	in := func(d time.Duration) string { return fmt.Sprint(time.Now().Add(d).Unix()) }
	tests := map[string]struct {
		said map[string]any
		want problem.Kind
	}{
		"allowed":         {map[string]any{"caller": "shop", "permissions": "usher:read", "exp": in(time.Minute)}, problem.UserNotFound},
		"another's scope": {map[string]any{"caller": "shop", "permissions": "usher:manage", "exp": in(time.Minute)}, problem.Forbidden},
		"expired":         {map[string]any{"caller": "shop", "permissions": "usher:read", "exp": in(-time.Minute)}, problem.Unauthorized},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
			cfg := configured()
			cfg.FrontendAuth = config.AuthBearer
			serve, _ := function(cfg, nil, getUser)
			asked := event("/users/x")
			asked.RequestContext.Authorizer = tt.said
			status, body := serve(t, asked)
			wantProblem(t, status, body, tt.want)
		})
	}
}

// Plain HTTP to a tenant beyond loopback is only for the containers of sam local.
func TestOnlySAMLocalAcceptsPlainHTTP(t *testing.T) {
	for samLocal, want := range map[bool]problem.Kind{false: problem.ServiceMisconfigured, true: problem.ProviderUnavailable} {
		t.Run(fmt.Sprint("SAM local ", samLocal), func(t *testing.T) {
			startVault(t, 200, secretOf("http://tenant.invalid", "s3cr3t"))
			t.Setenv("NO_PROXY", "*")
			cfg := configured()
			cfg.SAMLocal = samLocal
			serve, _ := function(cfg, nil, getUser)
			status, body := serve(t, event("/users/x"))
			wantProblem(t, status, body, want)
		})
	}
}

func TestFailuresBeforeTheProviderAreLogged(t *testing.T) {
	const s3cr3t = "s3cr3t-of-the-application"
	failed := func(code string) map[string]string {
		return map[string]string{"__type": code, "message": "words of AWS"}
	}
	tenant := tenanttest.Start(t)
	domain := strings.TrimPrefix(tenant.URL, "http://")
	tests := map[string]struct {
		status int
		answer map[string]string
		kind   problem.Kind
		says   string
	}{
		"a wrong client secret":   {200, secretOf(tenant.URL, s3cr3t), problem.ServiceMisconfigured, "the provider at " + tenant.URL + ` refused the client credentials of the management application "usher-local"`},
		"an unreachable domain":   {200, secretOf("http://127.0.0.1:1", s3cr3t), problem.ProviderUnavailable, "connect: connection refused"},
		"no TLS at the domain":    {200, secretOf(domain, s3cr3t), problem.ProviderUnavailable, "tls: first record does not look like a TLS handshake"},
		"no such secret":          {400, failed("ResourceNotFoundException"), problem.ServiceMisconfigured, `secret "usher/auth": there is no such secret`},
		"no access to the secret": {400, failed("AccessDeniedException"), problem.ServiceMisconfigured, "AccessDeniedException"},
		"broken JSON":             {200, map[string]string{"SecretString": `{"client_secret":"` + s3cr3t}, problem.ServiceMisconfigured, `secret "usher/auth": the secret is not a JSON object`},
		"an incomplete secret":    {200, map[string]string{"SecretString": `{"client_secret":"` + s3cr3t + `"}`}, problem.ServiceMisconfigured, `the secret lacks "domain"`},
		"a URL as the domain":     {200, secretOf("https://tenant.example.com", s3cr3t), problem.ServiceMisconfigured, "is not a host name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			startVault(t, tt.status, tt.answer)
			for path, operation := range map[string]func(*Service) api.Operation{"/users": listUsers, "/users/auth0%7Cx": getUser} {
				serve, log := function(configured(), nil, operation)
				status, body := serve(t, event(path))
				wantProblem(t, status, body, tt.kind)
				if got := logged(t, log, "request", "error"); !strings.Contains(got, tt.says) {
					t.Errorf("the log says %q, want %q in it", got, tt.says)
				}
				if logged(t, log, "request", "level") != "ERROR" {
					t.Errorf("not logged as an error: %s", log)
				}
				if strings.Contains(log.String()+body, s3cr3t) {
					t.Errorf("the secret is in %s or %s", log, body)
				}
			}
		})
	}
}

func TestService(t *testing.T) {
	now := func() time.Time { return time.Unix(1, 0) }
	cfg := configured()
	cfg.Binding = config.BindingNone
	service := New(cfg, secrets.Static{}, slog.New(slog.DiscardHandler), now)
	if service.Connection() != localtenant.Connection {
		t.Errorf("the connection is %q", service.Connection())
	}
	options := service.SignInOptions()
	if !options.Unbound || !slices.Equal(options.RedirectURIs, cfg.RedirectURIs) || !options.Now().Equal(now()) {
		t.Errorf("%+v", options)
	}
	cfg.Binding = config.BindingCookie
	if New(cfg, secrets.Static{}, nil, now).SignInOptions().Unbound {
		t.Error("a bound sign-in is unbound")
	}
}

func TestHandlerBoundsEveryRequest(t *testing.T) { synctest.Test(t, boundsEveryRequest) }

func boundsEveryRequest(t *testing.T) {
	var left time.Duration
	var log bytes.Buffer
	cfg := configured()
	cfg.Deadline = 0 // as in production
	op := api.Operation{Name: "x", Routes: []string{"GET /x"}, Permissions: []permission.Name{permission.Read}}
	op.Handler = func(_ http.ResponseWriter, r *http.Request, _ api.Call) error {
		deadline, _ := r.Context().Deadline()
		left = time.Until(deadline)
		return errors.New("unforeseen")
	}
	service := New(cfg, secrets.Static{}, slog.New(slog.DiscardHandler), time.Now)
	handler := service.Handler(httpapi.ServeOptions{Log: slog.New(slog.NewTextHandler(&log, nil))}, api.Anonymous, op)
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, httptest.NewRequest("GET", "/x", nil))
	wantProblem(t, out.Code, out.Body.String(), problem.Internal)
	if left != Deadline {
		t.Errorf("%v are left of %v", left, Deadline)
	}
	if !strings.Contains(log.String(), "unforeseen") {
		t.Errorf("the log says %q", &log)
	}
}

func wantProblem(t *testing.T, status int, body string, kind problem.Kind) {
	t.Helper()
	var document problem.Document
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	if status != kind.Status || document.Code != kind.Code {
		t.Fatalf("%d %s, want %d %s", status, document.Code, kind.Status, kind.Code)
	}
}
