package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestCheckAddr(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:0": true, "[::1]:0": true, "localhost:0": true, "172.17.0.1:3001": true, "127.9.9.9:1": true,
		"0.0.0.0:3001": false, ":3001": false, "192.168.1.5:3001": false, "172.17.0.2:3001": false, "example.com:1": false, "3001": false,
	} {
		_, err := parse([]string{"-addr", addr}, io.Discard)
		if (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := parse([]string{"-addr", "0.0.0.0:3001", "-allow-remote"}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	c, err := parse([]string{"-callback", "http://a/cb", "-callback", "http://b/cb"}, io.Discard)
	if err != nil || len(c.callbacks) != 2 || c.addr != "127.0.0.1:3001" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := parse([]string{"extra"}, io.Discard); err == nil {
		t.Error("no error for an argument")
	}
	if _, err := parse([]string{"-h"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
}

func TestMachinesLogoutURLsAndQuirks(t *testing.T) {
	base := start(t, "-quirks", "-logout", "https://shop.example/bye", "-logout", "https://bank.example/bye",
		"-machine", "shop:shop-secret:https://shop.example/:read:orders write:orders")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, to := range []string{"https://shop.example/bye", "https://bank.example/bye", "http://127.0.0.1:3000/"} {
		resp, err := client.Get(base + "/v2/logout?client_id=usher-local&returnTo=" + url.QueryEscape(to))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Header.Get("Location") != to {
			t.Errorf("%s to %q", resp.Status, resp.Header.Get("Location"))
		}
	}
	resp, err := client.PostForm(base+"/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"shop"},
		"client_secret": {"shop-secret"}, "audience": {"https://shop.example/"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), `"scope":"read:orders write:orders"`) || !strings.Contains(string(body), `"expires_in":"86400"`) {
		t.Errorf("%v %s", err, body)
	}
	if _, err := parse([]string{"-machine", "shop:shop-secret"}, io.Discard); err == nil || !strings.Contains(err.Error(), "want ID:SECRET:AUDIENCE:SCOPES") {
		t.Errorf("an incomplete machine: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = run(context.Background(), []string{"-addr", l.Addr().String()}, io.Discard, io.Discard)
	if err == nil || err.Error() != l.Addr().String()+" is already in use" {
		t.Errorf("error %v", err)
	}
}

// start runs the command until the end of the test and returns its URL.
func start(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), w, io.Discard)
		w.CloseWithError(errors.New("ended"))
		done <- err
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Minute):
			t.Error("still running")
		}
	})
	var text bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "oauth/token") {
		n, err := r.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, text.String())
		}
		text.Write(buf[:n])
	}
	return regexp.MustCompile(`https?://127\.0\.0\.1:\d+`).FindString(text.String())
}

func TestRun(t *testing.T) {
	base := start(t)
	resp, err := http.Get(base + "/.well-known/openid-configuration")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v %v", resp, err)
	}
	resp.Body.Close()
}

// Web pages cannot use the public credentials.
func TestWebPagesAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		args               []string
		method, host, site string
		want               int
	}{
		"another name":                 {nil, "GET", "evil.example.com", "", 421},
		"another name, remote allowed": {[]string{"-allow-remote"}, "GET", "evil.example.com", "", 200},
		"Docker's bridge":              {nil, "GET", "172.17.0.1:3001", "", 200},
		"another site":                 {nil, "DELETE", "", "cross-site", 403},
		"another site, remote allowed": {[]string{"-allow-remote"}, "DELETE", "", "cross-site", 403},
		"not a web page":               {nil, "DELETE", "", "", 204},
		"a page of the tenant":         {nil, "DELETE", "", "same-origin", 204},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, start(t, tt.args...)+"/_tenant/outbox", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tt.host
			r.Header.Set("Sec-Fetch-Site", tt.site)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("%d, want %d", resp.StatusCode, tt.want)
			}
		})
	}
}

func TestRunWithTLSAndUsers(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "users.jsonl")
	if err := os.WriteFile(file, []byte(`{"email":"one@example.com","password":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	base := start(t, "-tls", dir, "-users", file)
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	resp, err := client.Get(base + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if !strings.Contains(string(body), `"issuer":"`+base+`/"`) {
		t.Errorf("the issuer is not the base URL: %s", body)
	}
	client.CloseIdleConnections()
}

func TestRunRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"mail":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	twice := filepath.Join(t.TempDir(), "twice.json")
	if err := os.WriteFile(twice, []byte(`[{"email":"a@b.co"},{"email":"a@b.co"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no file": {"-users", bad + "x"}, "bad file": {"-users", bad}, "one user twice": {"-users", twice}, "plan": {"-plan", "gold"},
	} {
		args = append(args, "-addr", "127.0.0.1:0")
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
