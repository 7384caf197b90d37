package main

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"usher/test/testkit"
)

// A web page cannot read from the service or the tenant by DNS rebinding.
func TestForeignHostsAreRefused(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant)
	for host, want := range map[string]int{"": 200, "localhost": 200, "evil.example.com": 421, "evil.example.com:3001": 421} {
		for listens, path := range map[string]string{addr: "/users", tenant: "/_tenant/outbox"} {
			status, body := get(t, listens, path, host)
			if status != want || status != 200 && strings.Contains(body, "ada@") {
				t.Errorf("%s of host %q: %d %s, want %d", path, host, status, body, want)
			}
		}
	}
}

// A web page of another site cannot change anything, not even with a form, which needs no CORS
// preflight.
func TestCrossSiteChangesAreRefused(t *testing.T) {
	for name, more := range map[string][]string{"here": nil, "remote": {"-allow-remote"}} {
		addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
		start(t, append([]string{"-addr", addr, "-tenant-addr", tenant}, more...)...)
		for _, url := range []string{"http://" + addr + "/mfa/auth0%7C65e19a100000000000000001/recovery-code", "http://" + tenant + "/oauth/token"} {
			for site, refused := range map[string]bool{"cross-site": true, "same-site": true, "same-origin": false, "": false} {
				r, err := http.NewRequestWithContext(t.Context(), "POST", url, nil)
				if err != nil {
					t.Fatal(err)
				}
				if site != "" {
					r.Header.Set("Sec-Fetch-Site", site)
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if (resp.StatusCode == http.StatusForbidden) != refused {
					t.Errorf("%s: %s from %q: %d", name, url, site, resp.StatusCode)
				}
			}
		}
	}
}

// With -allow-remote, other machines can call the service and the tenant by any name.
func TestAllowRemote(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	out, _ := start(t, "-allow-remote", "-addr", "0.0.0.0:"+port, "-tenant-addr", tenant)
	if status, body := get(t, addr, "/users", "usher.example.com"); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := get(t, tenant, "/_tenant/outbox", "tenant.example.com"); status != 200 {
		t.Errorf("the tenant: %d", status)
	}
	if !strings.Contains(out.String(), "Every machine that can reach this server can manage every user.") || strings.Contains(out.String(), "Only this machine") {
		t.Errorf("output: %s", out)
	}
	if _, err := settingsFor(options{tenantAddr: "192.0.2.1:3001", allowRemote: true}, noEnv); err != nil {
		t.Errorf("the tenant's address is refused: %v", err)
	}
}
