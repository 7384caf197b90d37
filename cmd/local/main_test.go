package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/localtenant"
	"usher/test/testkit"
)

const hidden = "s3cr3t-of-the-application"

// runEnv makes the test binary run the command, since a process reads its trusted
// certificates only once.
const runEnv = "USHER_TEST_RUN_LOCAL"

func TestMain(m *testing.M) {
	if os.Getenv(runEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func noEnv(string) string { return "" }

// start runs the command until the end of the test, or until stop.
func start(t *testing.T, args ...string) (out *testkit.Buffer, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &testkit.Buffer{}
	ended := make(chan error, 1)
	go func() { ended <- realMain(ctx, append(args, "-deadline", "8m"), noEnv, out) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	out.WaitFor(t, "Ctrl-C ends it.")
	return out, stop
}

func get(t *testing.T, addr, path, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	body := bodyOf(t, resp, err)
	return resp.StatusCode, body + resp.Header.Get("Location")
}

// bodyOf reads the body of a response, and ends the test without one.
func bodyOf(t *testing.T, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestServesWithALocalTenant(t *testing.T) {
	addr, tenantAddr := testkit.FreeAddr(t), testkit.FreeAddr(t)
	out, stop := start(t, "-addr", addr, "-tenant-addr", tenantAddr)
	for _, want := range []string{"http://" + addr, "http://" + tenantAddr, "curl http://" + addr + "/users", localtenant.SamplePassword, "Callers are not authenticated. Only this machine can call this server."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q: %s", want, out)
		}
	}
	if status, body := get(t, addr, "/users", ""); status != 200 || !strings.Contains(body, "ada@example.com") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := get(t, addr, "/login", ""); status != 302 || !strings.Contains(body, "http://"+tenantAddr+"/authorize?") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := get(t, addr, "/callback", ""); status != 400 {
		t.Errorf("callback: %d", status)
	}
	for _, line := range []string{`route="GET /users" status=200`, `route="GET /login" status=302`, `route="GET /callback" status=400`} {
		out.WaitFor(t, line)
	}
	if strings.Contains(out.String(), localtenant.ClientSecret) {
		t.Errorf("the secret is in %s", out)
	}
	if err := stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
	for _, freed := range []string{addr, tenantAddr} {
		listener, err := net.Listen("tcp", freed)
		if err != nil {
			t.Errorf("%s is still in use: %v", freed, err)
			continue
		}
		_ = listener.Close()
	}
}

func envFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const wholeFile = "DOMAIN=tenant.example.com\nCLIENT_ID=web\nCLIENT_SECRET=" + hidden + "\n"

func TestRefusesToStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	inUse := taken.Addr().String()
	file := func(text string) []string { return []string{"-env", envFile(t, text)} }
	tests := map[string]struct {
		args []string
		want []string
	}{
		"the port is in use":          {[]string{"-addr", inUse, "-tenant-addr", testkit.FreeAddr(t)}, []string{"cannot listen on " + inUse + ": the port is in use"}},
		"the tenant's port is in use": {[]string{"-addr", testkit.FreeAddr(t), "-tenant-addr", inUse}, []string{"cannot listen on " + inUse + ": the port is in use"}},
		"not on loopback":             {[]string{"-addr", "0.0.0.0:3000"}, []string{"-addr 0.0.0.0:3000 is not on loopback: without authentication", "-allow-remote"}},
		"not on loopback, signed":     {[]string{"-addr", "0.0.0.0:3000", "-auth", "iam"}, []string{"-addr 0.0.0.0:3000 is not on loopback: other machines could call it. Use -allow-remote"}},
		"on all addresses":            {[]string{"-addr", ":3000"}, []string{"-addr :3000 is not on loopback"}},
		"the tenant not on loopback":  {[]string{"-tenant-addr", "192.0.2.1:3001"}, []string{"-tenant-addr 192.0.2.1:3001 is not on loopback: the local tenant's credentials are public"}},
		"the tenant on all addresses": {[]string{"-allow-remote", "-tenant-addr", "0.0.0.0:3001"}, []string{"-tenant-addr 0.0.0.0:3001: use an address"}},
		"no port":                     {[]string{"-addr", "localhost"}, []string{`-addr "localhost": want HOST:PORT`}},
		"a deadline of zero":          {[]string{"-deadline", "0s"}, []string{"-deadline must be"}},
		"an argument":                 {[]string{"file"}, []string{`unexpected argument "file"`}},
		"an unknown flag":             {[]string{"-nonsense"}, []string{"-nonsense"}},
		"no such file":                {[]string{"-env", filepath.Join(t.TempDir(), "none")}, []string{"none: no such file"}},
		"an empty file":               {file(""), []string{"missing: DOMAIN, CLIENT_ID, CLIENT_SECRET"}},
		"two missing":                 {file("CLIENT_SECRET=" + hidden), []string{"missing: DOMAIN, CLIENT_ID"}},
		"a scheme":                    {file(strings.Replace(wholeFile, "tenant", "https://tenant", 1)), []string{"DOMAIN must be a host name without a scheme"}},
		"plain http":                  {file(strings.Replace(wholeFile, "tenant.example.com", "http://tenant.example.com", 1)), []string{"for a tenant on this machine only"}},
		"a path":                      {file(strings.Replace(wholeFile, ".com", ".com/x", 1)), []string{"is not a host name"}},
		"an open quote":               {file("CLIENT_SECRET=\"" + hidden + "\n"), []string{"the file must consist of NAME=value lines"}},
		"no assignment":               {file("DOMAIN=x\n" + hidden + " and more\n"), []string{"the file must consist of NAME=value lines"}},
		"an http redirect URI":        {file(wholeFile + "REDIRECT_URI=http://app.example.com/cb\n"), []string{"neither https nor http on loopback"}},
		"unbound on https":            {file(wholeFile + "REDIRECT_URI=https://app.example.com/cb\nLOGIN_BINDING=none\n"), []string{"LOGIN_BINDING=none"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out testkit.Buffer
			err := realMain(t.Context(), tt.args, noEnv, &out)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error()+out.String(), hidden) {
				t.Errorf("%q has several lines, or contains the secret", err)
			}
		})
	}
}

func TestSettingsFromAFile(t *testing.T) {
	tests := map[string]struct {
		more      string
		addr      string // of the command line
		listens   string
		redirects string
	}{
		"defaults":                      {"", "", "127.0.0.1:3000", "http://127.0.0.1:3000/callback"},
		"an address":                    {"", "127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1:8000/callback"},
		"a redirect URI":                {"REDIRECT_URI=http://localhost:8001/cb", "", "localhost:8001", "http://localhost:8001/cb"},
		"without a port":                {"REDIRECT_URI=http://localhost/cb", "", "localhost:80", "http://localhost/cb"},
		"an address and a redirect URI": {"REDIRECT_URI=http://localhost:8001/cb", "127.0.0.1:8000", "127.0.0.1:8000", "http://localhost:8001/cb"},
		"a redirect URI elsewhere":      {"REDIRECT_URI=https://app.example.com/cb", "", "127.0.0.1:3000", "https://app.example.com/cb"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := envFile(t, wholeFile+"AUDIENCE=a\nMANAGEMENT_AUDIENCE=m\nCONNECTION=staff\n"+tt.more)
			s, err := settingsFor(options{addr: tt.addr, envFile: path}, noEnv)
			if err != nil {
				t.Fatal(err)
			}
			if s.addr != tt.listens || !slices.Equal(s.config.RedirectURIs, []string{tt.redirects}) {
				t.Errorf("address %s, redirect URIs %q", s.addr, s.config.RedirectURIs)
			}
			if s.config.Audience != "a" || s.config.ManagementAudience != "m" || s.config.Connection != "staff" || s.tenant != nil {
				t.Errorf("%+v", s.config)
			}
			if s.credentials.Domain != "tenant.example.com" || s.credentials.ManagementClientID != "web" || s.credentials.ManagementClientSecret != hidden {
				t.Error("the credentials are not the file's")
			}
		})
	}
}

// The certificate of a real tenant is verified.
func TestTLSIsVerified(t *testing.T) {
	tenant, err := localtenant.New(localtenant.Options{BaseURL: "https://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(tenant)
	defer server.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	domain := strings.TrimPrefix(server.URL, "https://")
	file := envFile(t, fmt.Sprintf("DOMAIN=%s\nCLIENT_ID=%s\nCLIENT_SECRET=%s\nMANAGEMENT_AUDIENCE=%s\nCOLOUR=red\n", domain, localtenant.ClientID, localtenant.ClientSecret, tenant.Audience()))
	for trusted, want := range map[string]int{os.DevNull: 503, authority: 200} {
		addr, out := testkit.FreeAddr(t), &testkit.Buffer{}
		command := exec.CommandContext(t.Context(), os.Args[0], "-env", file, "-addr", addr)
		command.Env = append(os.Environ(), runEnv+"=1", "SSL_CERT_FILE="+trusted, "SSL_CERT_DIR="+t.TempDir(), "NO_PROXY=*")
		command.Stdout, command.Stderr = out, out
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		out.WaitFor(t, "Ctrl-C ends it.")
		for _, want := range []string{"This server uses the tenant at https://" + domain + ".", "has unknown names: COLOUR."} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the output lacks %q: %s", want, out)
			}
		}
		status, body := get(t, addr, "/users", "")
		if status != want {
			t.Errorf("trusting %s: %d %s, want %d; %s", trusted, status, body, want, out)
		}
		if want == 503 {
			out.WaitFor(t, "certificate signed by unknown authority")
		}
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := command.Wait(); err != nil || strings.Contains(out.String(), localtenant.ClientSecret) {
			t.Errorf("ended with %v: %s", err, out)
		}
	}
}
