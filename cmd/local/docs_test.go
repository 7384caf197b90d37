package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"usher/internal/version"
	"usher/test/testkit"
)

// fetch makes a request and returns the response with its body.
func fetch(t *testing.T, method, url string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// The contract and its page need no credentials.
func TestDocs(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	out, _ := start(t, "-addr", addr, "-tenant-addr", tenant, "-auth", "bearer")
	if !strings.Contains(out.String(), "open http://"+addr+"/docs in a browser") {
		t.Errorf("output: %s", out)
	}
	for path, want := range map[string]struct {
		contentType string
		texts       []string
	}{
		"/": {"text/html; charset=utf-8", []string{`href="/docs"`, `href="/openapi.yaml"`, "Usher " + version.Number, "http://" + tenant,
			"Calls need a bearer token.", localFrontend}},
		"/?state=x":                  {"text/html; charset=utf-8", []string{`href="/docs"`}}, // after a sign-out
		"/docs":                      {"text/html; charset=utf-8", []string{"/docs/swagger-ui-bundle.js"}},
		"/docs/docs.js":              {"text/javascript; charset=utf-8", []string{`url: "/openapi.yaml"`}},
		"/docs/swagger-ui-bundle.js": {"text/javascript; charset=utf-8", []string{"SwaggerUIBundle"}},
		"/docs/swagger-ui.css":       {"text/css; charset=utf-8", []string{".swagger-ui"}},
		"/docs/home.css":             {"text/css; charset=utf-8", []string{"body"}},
		"/docs/favicon.png":          {"image/png", []string{"PNG"}},
	} {
		resp, body := fetch(t, "GET", "http://"+addr+path)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != want.contentType || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
		for _, text := range want.texts {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q", path, text)
			}
		}
		if resp, body := fetch(t, "HEAD", "http://"+addr+path); resp.StatusCode != 200 || body != "" {
			t.Errorf("HEAD %s: %d", path, resp.StatusCode)
		}
		if status, _ := get(t, addr, path, "evil.example.com"); status != http.StatusMisdirectedRequest {
			t.Errorf("%s of a foreign host: %d", path, status)
		}
	}
}

// The served contract is the file, with this server in place of the file's servers, and with
// examples about a user of the local tenant.
func TestServedContract(t *testing.T) {
	addr := testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", testkit.FreeAddr(t))
	resp, body := fetch(t, "GET", "http://"+addr+"/openapi.yaml")
	file, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file = bytes.ReplaceAll(file, []byte("db|66a1b2c3d4e5f60718293a4b"), []byte("auth0|65e19a100000000000000001"))
	var got, want map[string]any
	if err := yaml.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(file, &want); err != nil {
		t.Fatal(err)
	}
	want["servers"] = []any{map[string]any{"url": "/", "description": "This local server."}}
	if diff := cmp.Diff(want, got); diff != "" || resp.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("%v: file (-) and served (+):\n%s", resp.Header, diff)
	}
}

// All other requests reach the service as they are.
func TestDocsTakeNoRoute(t *testing.T) {
	addr := testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", testkit.FreeAddr(t))
	for request, want := range map[string]struct {
		status int
		code   string
	}{
		"GET /docs/":               {400, "invalid-request"},
		"GET //docs":               {400, "invalid-request"},
		"GET //users":              {400, "invalid-request"},
		"GET /docs/nothing":        {404, "no-such-route"},
		"GET /docs/README.md":      {404, "no-such-route"},
		"GET /openapi.json":        {404, "no-such-route"},
		"POST /docs":               {404, "no-such-route"},
		"DELETE /":                 {404, "no-such-route"},
		"GET /docs/../users":       {400, "invalid-request"},
		"GET /docs%2Fhome.css/../": {400, "invalid-request"},
	} {
		method, path, _ := strings.Cut(request, " ")
		resp, body := fetch(t, method, "http://"+addr+path)
		if resp.StatusCode != want.status || !strings.Contains(body, `"code":"`+want.code+`"`) {
			t.Errorf("%s: %d %s", request, resp.StatusCode, body)
		}
	}
}
