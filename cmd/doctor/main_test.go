package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"usher/cmd/doctor/internal/doctor"
	"usher/internal/permission"
	"usher/internal/secrets/secretstest"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

// runEnv makes this test's executable the command itself.
const runEnv = "DOCTOR_TEST_RUNS_THE_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(runEnv) != "" {
		main()
	}
	os.Exit(m.Run())
}

func nothing(string) string { return "" }

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefuses(t *testing.T) {
	whole := file(t, "DOMAIN=tenant.example.com\nCLIENT_ID=a\nCLIENT_SECRET=b\n")
	tests := map[string]struct {
		args []string
		says string
	}{
		"neither":              {nil, "name one of -env FILE, -secret ID and -before-deploy"},
		"both":                 {[]string{"-env", whole, "-secret", "x"}, "name one of"},
		"an argument":          {[]string{"-env", whole, "x"}, `unexpected argument "x"`},
		"an unknown flag":      {[]string{"-nonsense"}, "-nonsense"},
		"an unknown group":     {[]string{"-env", whole, "-groups", "UsherRead,Nobody"}, `no group "Nobody"; there are UsherSignIn`},
		"an empty group":       {[]string{"-env", whole, "-groups", ","}, `no group ""`},
		"no such file":         {[]string{"-env", filepath.Join(t.TempDir(), "none")}, "no such file"},
		"a broken file":        {[]string{"-env", file(t, "x y\n")}, "NAME=value"},
		"before and a secret":  {[]string{"-before-deploy", "-secret", "x"}, "-before-deploy is without -env and -secret"},
		"answers of a tenant":  {[]string{"-env", whole, "-answers", whole}, "-answers is for -before-deploy"},
		"no such answers":      {[]string{"-before-deploy", "-answers", filepath.Join(t.TempDir(), "none")}, "no such file"},
		"an unknown parameter": {[]string{"-before-deploy", "VPCId=vpc-1"}, "the doctor reads these parameters"},
		"no such limits":       {[]string{"-env", whole, "-limits", filepath.Join(t.TempDir(), "none")}, "no such file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out, messages strings.Builder
			if status := realMain(t.Context(), tt.args, nothing, &out, &messages); status != 2 || !strings.Contains(messages.String(), tt.says) || out.Len() > 0 {
				t.Errorf("%d %s %s", status, &out, &messages)
			}
		})
	}
	if status := realMain(t.Context(), []string{"-help"}, nothing, new(strings.Builder), new(strings.Builder)); status != 0 {
		t.Errorf("-help: %d", status)
	}
}

// granted are the scopes of all groups, and those by which the doctor looks.
func granted() []string {
	scopes := []string{"read:actions", "read:guardian_factors", "read:resource_servers"}
	for _, g := range permission.All() {
		scopes = append(scopes, g.Needs...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

const callback = "https://app.example.com/callback"

func prepare(t *testing.T, tenant *localtenant.Tenant) {
	t.Helper()
	tenant.SetScopes(granted()...)
	if err := tenant.Configure(func(s *localtenant.Settings) {
		s.Application.Callbacks, s.Application.LogoutURLs = []string{callback}, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// The command itself, over TLS, by a file: 0 where all is well, 1 and a line about
// it where something is not.
func TestByAFile(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	address := server.Listener.Addr().String()
	tenant, err := localtenant.New(localtenant.Options{BaseURL: "https://" + address})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = tenant
	server.StartTLS()
	t.Cleanup(server.Close)
	prepare(t, tenant)
	authority := file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	settings := file(t, fmt.Sprintf("DOMAIN=%s\nCLIENT_ID=%s\nCLIENT_SECRET=%s\nREDIRECT_URI=%s\n", address, localtenant.ClientID, localtenant.ClientSecret, callback))
	run := func(args ...string) (int, string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-env", settings}, args...)...)
		command.Env = append(os.Environ(), runEnv+"=1", "SSL_CERT_FILE="+authority, "SSL_CERT_DIR="+t.TempDir(), "NO_PROXY=*")
		out, err := command.Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return command.ProcessState.ExitCode(), string(out)
	}
	status, out := run()
	if status != 0 || !strings.Contains(out, "ok           tls ") || !strings.Contains(out, ", 0 wrong, 0 warnings, ") {
		t.Errorf("%d %s", status, out)
	}
	tenant.RemoveScope("read:roles")
	if status, out = run(); status != 1 || !strings.Contains(out, "it lacks read:roles (for UsherRoles, UsherExport)") || strings.Contains(out, localtenant.ClientSecret) {
		t.Errorf("%d %s", status, out)
	}
	if status, out = run("-groups", "UsherSignIn,UsherRead"); status != 0 || !strings.Contains(out, "scopes: it has all") {
		t.Errorf("%d %s", status, out)
	}
	limited := file(t, `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"shop","connections":["staff"]}]}`)
	if status, out = run("-limits", limited, "-groups", "UsherSignIn,UsherRead"); status != 1 || !strings.Contains(out, `no connection "staff"`) {
		t.Errorf("%d %s", status, out)
	}
}

// A tenant as cmd/localtenant starts it is all right as it is, with the lines that
// docs/local-tenant.md gives.
func TestByAFileOfAFreshLocalTenant(t *testing.T) {
	tenant := tenanttest.Start(t)
	page, err := os.ReadFile("../../docs/local-tenant.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "cmd/doctor -env /dev/stdin <<'END'\n")
	lines, _, found := strings.Cut(rest, "END\n")
	if !found {
		t.Fatal("docs/local-tenant.md has no such lines")
	}
	settings := file(t, strings.ReplaceAll(lines, "http://127.0.0.1:3001", tenant.URL))
	var out, messages strings.Builder
	if status := realMain(t.Context(), []string{"-env", settings}, nothing, &out, &messages); status != 0 || !strings.Contains(out.String(), " 0 wrong, 0 warnings, ") {
		t.Errorf("%d %s %s", status, &out, &messages)
	}
}

// An application that only reads needs the scopes that deploy/auth0 grants to it, no
// more and no less.
func TestAnApplicationThatOnlyReads(t *testing.T) {
	text, err := os.ReadFile("../../deploy/auth0/reading.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var deployed struct {
		Grants []struct {
			Scope []string `yaml:"scope"`
		} `yaml:"clientGrants"`
	}
	if err := yaml.Unmarshal(text, &deployed); err != nil || len(deployed.Grants) != 1 {
		t.Fatalf("%d grants, %v", len(deployed.Grants), err)
	}
	scopes := deployed.Grants[0].Scope
	tenant := tenanttest.Start(t)
	settings := file(t, fmt.Sprintf("DOMAIN=%s\nCLIENT_ID=%s\nCLIENT_SECRET=%s\n", tenant.URL, localtenant.ClientID, localtenant.ClientSecret))
	for missing := -1; missing < len(scopes); missing++ {
		var granted []string
		for i, scope := range scopes {
			if i != missing {
				granted = append(granted, scope)
			}
		}
		tenant.Tenant.SetScopes(granted...)
		want, says := 0, fmt.Sprintf("it has all %d", len(scopes))
		if missing >= 0 {
			want, says = 1, "it lacks "+scopes[missing]+" "
		}
		var out, messages strings.Builder
		if status := realMain(t.Context(), []string{"-env", settings, "-reads"}, nothing, &out, &messages); status != want || !strings.Contains(out.String(), says) {
			t.Errorf("%d %s %s, want %q", status, &out, &messages, says)
		}
	}
}

func TestListsOfTheCommandLine(t *testing.T) {
	o, err := parseFlags([]string{"-env", "x", "-vpce", "vpce-1, vpce-2", "-groups", "UsherRead, UsherRoles"}, io.Discard)
	if err != nil || !slices.Equal(o.endpoints, []string{"vpce-1", "vpce-2"}) || !slices.Equal(names(o.groups), []string{"UsherRead", "UsherRoles"}) {
		t.Errorf("%+v, %v", o, err)
	}
}

// Before a deployment, with the saved answers and one that replaces them.
func TestBeforeADeployment(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(server.Close)
	testkit.PointAWSAt(t, server.URL)
	getenv := func(name string) string { return map[string]string{"AWS_ENDPOINT_URL": server.URL}[name] }
	args := []string{"-before-deploy", "-json", "-answers", "internal/samconfig/testdata/samconfig.usher.toml"}
	var out, messages strings.Builder
	if status := realMain(t.Context(), append(args, "VpcEndpointIds=vpce-1"), getenv, &out, &messages); status != 1 || !strings.Contains(out.String(), "VpcEndpointIds names existing endpoints") {
		t.Errorf("%d %s %s", status, &out, &messages)
	}
	out.Reset()
	secret := "SecretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:usher-a1B2c3"
	if status := realMain(t.Context(), append(args, secret), getenv, &out, &messages); status != 0 || !strings.Contains(out.String(), `"for region eu-west-1"`) || strings.Count(out.String(), `"not checked"`) < 9 {
		t.Errorf("without answers of AWS: %d %s %s", status, &out, &messages)
	}
	out.Reset()
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	if status := realMain(t.Context(), args, getenv, &out, &messages); status != 2 || out.Len() > 0 || !strings.Contains(messages.String(), "set AWS_PROFILE and AWS_REGION") {
		t.Errorf("without credentials: %d %s %s", status, &out, &messages)
	}
}

// What is not asked since somebody has had enough is nothing that is wrong.
func TestInterrupted(t *testing.T) {
	tenant := tenanttest.Start(t)
	ctx, interrupt := context.WithCancel(t.Context())
	tenant.Watch(func(r *http.Request, _, _ []byte) {
		if r.URL.Path == "/oauth/token" {
			interrupt()
		}
	})
	settings := file(t, fmt.Sprintf("DOMAIN=%s\nCLIENT_ID=%s\nCLIENT_SECRET=%s\n", tenant.URL, localtenant.ClientID, localtenant.ClientSecret))
	var out, messages strings.Builder
	if status := realMain(ctx, []string{"-env", settings}, nothing, &out, &messages); status != 2 || out.Len() > 0 || messages.String() != "doctor: interrupted\n" {
		t.Errorf("%d %s %s", status, &out, &messages)
	}
}

// By a secret, with the settings of the functions' environment, as JSON.
func TestByASecret(t *testing.T) {
	s := tenanttest.Start(t)
	prepare(t, s.Tenant)
	secretstest.Start(t, fmt.Sprintf(`{"domain":%q,"client_id":%q,"client_secret":%q}`, s.URL, localtenant.ClientID, localtenant.ClientSecret), time.Now)
	environment := map[string]string{"REDIRECT_URIS": callback, "CONNECTION": localtenant.Connection}
	examined := func(args ...string) (int, map[string]doctor.Result) {
		t.Helper()
		var out, messages strings.Builder
		status := realMain(t.Context(), append([]string{"-secret", "usher/test", "-json"}, args...), func(name string) string { return environment[name] }, &out, &messages)
		var results []doctor.Result
		decoder := json.NewDecoder(strings.NewReader(out.String()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&results); err != nil || len(results) == 0 || messages.Len() > 0 {
			t.Fatalf("%v: %s %s", err, &out, &messages)
		}
		byID := map[string]doctor.Result{}
		for _, r := range results {
			byID[r.ID] = r
		}
		return status, byID
	}
	if status, got := examined(); status != 0 || got["secret"].Outcome != doctor.OK || got["callbacks"].Outcome != doctor.OK || got["limits"].Outcome != doctor.OK {
		t.Errorf("%d %+v", status, got)
	}
	environment["FRONTEND_LIMITS"] = "{"
	if status, got := examined(); status != 1 || got["limits"].Outcome != doctor.Wrong || got["configuration"].Outcome != doctor.OK {
		t.Errorf("%d %+v", status, got)
	}
	delete(environment, "FRONTEND_LIMITS")
	environment["FRONTEND_AUTH"], environment["FRONTEND_ISSUER"], environment["FRONTEND_AUDIENCE"] = "bearer", "https://else.example.com/", "https://usher.example/"
	if status, got := examined(); status != 0 || got["front-end-tokens"].Outcome != doctor.NotChecked || !strings.Contains(got["front-end-tokens"].Finding, "another issuer") {
		t.Errorf("%d %+v", status, got["front-end-tokens"])
	}
	environment["FRONTEND_TOKEN_RULE"] = "client=azp; iss=https://else.example.com/"
	if status, got := examined(); status != 1 || got["configuration"].Outcome != doctor.Wrong || !strings.Contains(got["configuration"].Finding, "FRONTEND_TOKEN_RULE") {
		t.Errorf("%d %+v", status, got["configuration"])
	}
	delete(environment, "FRONTEND_AUTH")
	environment["REDIRECT_URIS"], environment["LOG_LEVEL"] = "", "loud"
	status, got := examined("-rotation", "-vpce", "vpce-1")
	if status != 1 || got["configuration"].Outcome != doctor.Wrong || !strings.Contains(got["configuration"].Finding, "REDIRECT_URIS is empty") || !strings.Contains(got["configuration"].Finding, "LOG_LEVEL") {
		t.Errorf("%d %+v", status, got["configuration"])
	}
	if got["scopes"].Outcome != doctor.Wrong || got["vpc-endpoint"].Outcome != doctor.Wrong {
		t.Errorf("%+v %+v", got["scopes"], got["vpc-endpoint"])
	}
	for route := range s.Tenant.Stats().Routes {
		if method, _, _ := strings.Cut(route, " "); method != http.MethodGet && route != "POST /oauth/token" {
			t.Errorf("it sent %s", route)
		}
	}
}
