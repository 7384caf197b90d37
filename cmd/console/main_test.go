package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"usher/test/testkit"
)

func noEnv(string) string { return "" }

func policyFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefusesToStart(t *testing.T) {
	good := policyFile(t, `{"connections":["staff"]}`)
	with := func(more ...string) []string {
		return append([]string{"-url", "https://console.example.com", "-usher", "https://usher.example.com/live", "-policy", good, "-auth", "bearer",
			"-token-url", "https://issuer.example.com/oauth/token", "-client-id", "c", "-audience", "a", "-addr", "127.0.0.1:0"}, more...)
	}
	secret := func(name string) string { return map[string]string{secretEnv: "s"}[name] }
	tests := map[string]struct {
		args   []string
		getenv func(string) string
		want   string
	}{
		"nothing":               {nil, noEnv, "-url is missing\n-usher is missing\n-policy is missing"},
		"an argument":           {with("x"), secret, `unexpected argument "x"`},
		"an unknown flag":       {with("-x"), secret, "-x"},
		"an unknown auth":       {with("-auth", "x"), secret, `-auth "x" is not one of`},
		"plain text to Usher":   {with("-usher", "http://usher.example.com"), secret, "-usher must be https"},
		"plain text to issuer":  {with("-token-url", "http://issuer.example.com"), secret, "-token-url with an https URL"},
		"no secret":             {with(), noEnv, "needs the client secret in CONSOLE_CLIENT_SECRET"},
		"no authentication":     {with("-auth", "none"), secret, "-auth none is only for"},
		"tokens with iam":       {with("-auth", "iam"), secret, "require -auth bearer"},
		"plain text to people":  {with("-url", "http://console.example.com"), secret, "must begin with https://"},
		"an address with more":  {with("-url", "https://console.example.com/x"), secret, "must consist of a scheme and a host"},
		"an address in capital": {with("-url", "https://Console.example.com"), secret, "in lower case"},
		"a default port":        {with("-url", "https://console.example.com:443"), secret, "default port"},
		"two policies": {with(), func(name string) string {
			return map[string]string{"CONSOLE_POLICY": `{"connections":["staff"]}`, "CONSOLE_CLIENT_SECRET": "s"}[name]
		}, "-policy and CONSOLE_POLICY exclude each other"},
		"no policy to print":   {[]string{"-iam-policy", "arn:aws:execute-api:eu-central-1:123456789012:a/live"}, noEnv, "-policy is missing"},
		"a faulty variable":    {[]string{"-iam-policy", "arn:aws:execute-api:eu-central-1:123456789012:a/live"}, func(string) string { return "{}" }, "CONSOLE_POLICY:\nconnections"},
		"no policy":            {with("-policy", filepath.Join(t.TempDir(), "none")), secret, "read the policy"},
		"a policy with faults": {with("-policy", policyFile(t, `{"connections":[]}`)), secret, "name at least one connection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := realMain(t.Context(), tt.args, tt.getenv, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestPrintsAPolicy(t *testing.T) {
	out := &testkit.Buffer{}
	args := []string{"-iam-policy", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/live", "-policy", policyFile(t, `{"connections":["staff"]}`)}
	if err := realMain(t.Context(), args, noEnv, out); err != nil || !strings.Contains(out.String(), `a1b2c3d4e5/live/PUT/blocks/*"`) {
		t.Errorf("%s %v", out, err)
	}
}

var listens = regexp.MustCompile(`"addr":"([^"]+)"`)

// It serves behind a load balancer whatever Host says, with a cookie for https only, and ends
// with its context.
func TestServes(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-central-1")
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := &testkit.Buffer{}, make(chan error, 1)
	go func() {
		ended <- realMain(ctx, []string{"-url", "https://console.example.com/", "-usher", "https://usher.example.com/live",
			"-policy", policyFile(t, `{"connections":["staff"]}`), "-addr", "127.0.0.1:0"}, noEnv, out)
	}()
	out.WaitFor(t, "the console listens")
	found := listens.FindStringSubmatch(out.String())
	if found == nil {
		t.Fatalf("%s", out)
	}
	for path, want := range map[string]int{"/health": 200, "/": 200, "/users": 401, "/nothing": 404} {
		resp, err := http.Get("http://" + found[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}
