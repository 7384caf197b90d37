package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"usher/test/testkit"
)

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func keyPair(name string) string {
	return map[string]string{"AWS_ACCESS_KEY_ID": "AKIDLOCAL", "AWS_SECRET_ACCESS_KEY": hidden}[name]
}

func TestAuthIAM(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	addr, out, ended := testkit.FreeAddr(t), &testkit.Buffer{}, make(chan error, 1)
	go func() {
		ended <- realMain(ctx, []string{"-addr", addr, "-tenant-addr", testkit.FreeAddr(t), "-auth", "iam"}, keyPair, out)
	}()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	out.WaitFor(t, "Ctrl-C ends it.")
	if !strings.Contains(out.String(), "Sign calls with AWS") || strings.Contains(out.String(), "curl http") {
		t.Errorf("output: %s", out)
	}
	const user, none = "/users/auth0%7C65e19a100000000000000001", "not-authenticated-or-no-such-route"
	tests := map[string]struct {
		method, path string
		secret       string // "" for an unsigned call
		status       int
		code         string
	}{
		"signed":               {"GET", user, hidden, 200, ""},
		"unsigned":             {"GET", user, "", 403, none},
		"wrong secret":         {"GET", user, "guessed", 403, "not-authenticated"},
		"an ID with a slash":   {"GET", "/users/a%2Fb", hidden, 404, "user-not-found"},
		"no such route":        {"GET", "/nowhere", hidden, 403, none},
		"a path below a route": {"GET", user + "/roles", hidden, 403, none},
		"no such method":       {"PUT", user, hidden, 403, none},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest(tt.method, "http://"+addr+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.secret != "" {
				credentials := aws.Credentials{AccessKeyID: "AKIDLOCAL", SecretAccessKey: tt.secret}
				if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, emptyHash, "execute-api", "eu-central-1", time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			var doc struct{ Code, RequestID string }
			if err := json.Unmarshal([]byte(strings.Replace(string(body), "request_id", "RequestID", 1)), &doc); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || doc.Code != tt.code || (tt.code != "") != (doc.RequestID != "") {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
		})
	}
	if log := out.String(); !strings.Contains(log, "caller="+localRole.ID) || !strings.Contains(log, "does not match the request") || strings.Contains(log, hidden) {
		t.Errorf("the log lacks the caller or the reason, or holds the secret: %s", log)
	}
}

func TestAuthOptions(t *testing.T) {
	tests := map[string]struct {
		args []string
		says string
	}{
		"an unknown mode":                   {[]string{"-auth", "basic"}, `-auth "basic" is not one of: none, iam, bearer`},
		"no key pair":                       {[]string{"-auth", "iam"}, "needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		"an issuer without bearer":          {[]string{"-issuer", "https://tenant.example.com/"}, "require -auth bearer"},
		"tokens without an audience":        {[]string{"-auth", "bearer", "-issuer", "https://tenant.example.com/"}, "needs -audience"},
		"an issuer on http":                 {[]string{"-auth", "bearer", "-issuer", "http://tenant.example.com/", "-audience", "a"}, "is not an https URL"},
		"a rule without bearer":             {[]string{"-token-rule", "client=azp; idtyp=app"}, "require -auth bearer"},
		"a rule that users' tokens fulfill": {[]string{"-auth", "bearer", "-token-rule", "client=azp; azp={client}"}, "does not distinguish an application from a user"},
		"a front-end on http":               {[]string{"-frontend", "http://app.example.com"}, "neither https nor http on loopback"},
		"a front-end and -env":              {[]string{"-frontend", "https://app.example.com", "-env", "x"}, "cannot be combined with -env"},
		"a front-end without a scheme":      {[]string{"-frontend", "app"}, "is not an absolute URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-addr", testkit.FreeAddr(t), "-tenant-addr", testkit.FreeAddr(t)}, tt.args...)
			if err := realMain(t.Context(), args, noEnv, &testkit.Buffer{}); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

// -logout applies to the service and the tenant; -machine and -quirks apply to the tenant.
func TestTenantFlags(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant, "-logout", "https://shop.example/bye", "-quirks",
		"-machine", "shop:shop"+localSecretEnd+":https://shop.example/:read:orders")
	for where, path := range map[string]string{addr: "/logout?post_logout_redirect_uri=", tenant: "/v2/logout?client_id=usher-local&returnTo="} {
		if status, body := get(t, where, path+"https%3A%2F%2Fshop.example%2Fbye", ""); status != 302 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	tokenOf(t, "http://"+tenant, "shop", "https://shop.example/")
	if _, settings := get(t, tenant, "/_tenant/settings", ""); !strings.Contains(settings, `"quirks":true`) {
		t.Errorf("%s", settings)
	}
	for _, args := range [][]string{{"-logout", "https://shop.example/bye"}, {"-quirks"}, {"-machine", "a:b:c:d"}} {
		if err := realMain(t.Context(), append(args, "-env", "x"), noEnv, &testkit.Buffer{}); err == nil || !strings.Contains(err.Error(), "cannot be combined with -env") {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// -frontend allows the front-end's URLs in the service and in the tenant.
func TestFrontend(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant, "-frontend", "https://127.0.0.1:8443/")
	status, body := get(t, addr, "/login?redirect_uri=https%3A%2F%2F127.0.0.1%3A8443%2Fcallback", "")
	if status != 302 || !strings.Contains(body, "redirect_uri=https%3A%2F%2F127.0.0.1%3A8443%2Fcallback") {
		t.Errorf("%d %s", status, body)
	}
	status, body = get(t, tenant, "/v2/logout?client_id=usher-local&returnTo=https%3A%2F%2F127.0.0.1%3A8443%2F", "")
	if status != 302 {
		t.Errorf("the tenant does not allow the URL: %d %s", status, body)
	}
}
