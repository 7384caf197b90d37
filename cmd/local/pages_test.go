package main

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/test/testkit"
)

// newRoutes are the control routes of a tenant, and the links to its pages.
func newRoutes(t *testing.T) (patterns []string, links []localtenant.PageLink) {
	t.Helper()
	tenant, err := localtenant.New(localtenant.Options{BaseURL: "http://127.0.0.1:1", Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range tenant.Routes() {
		if strings.Contains(r.Pattern, " /_tenant/") {
			patterns = append(patterns, r.Pattern)
		}
	}
	return patterns, tenant.PageLinks()
}

// The first page links the contract, the console and all pages of the local tenant, and no link of it is dead.
func TestFirstPageLinks(t *testing.T) {
	addr, tenant, site := testkit.FreeAddr(t), testkit.FreeAddr(t), testkit.FreeAddr(t)
	out, _ := start(t, "-addr", addr, "-tenant-addr", tenant, "-console-addr", site)
	_, body := fetch(t, "GET", "http://"+addr+"/")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar} // a sign-in needs cookies
	var links []string
	for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		link := html.UnescapeString(m[1])
		if strings.HasPrefix(link, "/") {
			link = "http://" + addr + link
		}
		links = append(links, link)
		r, err := http.NewRequestWithContext(t.Context(), "GET", link, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", link, resp.StatusCode)
		}
	}
	_, pages := newRoutes(t)
	if len(pages) < 10 {
		t.Errorf("%d pages", len(pages))
	}
	want := []string{"http://" + addr + "/docs", "http://" + addr + "/openapi.yaml", "http://" + addr + "/login", "http://" + site}
	for _, p := range pages {
		want = append(want, "http://"+tenant+p.Path)
	}
	for _, link := range want {
		if !slices.Contains(links, link) {
			t.Errorf("no link to %s in %q", link, links)
		}
	}
	if !strings.Contains(out.String(), "open http://"+tenant+"/_tenant/pages/ in a browser") {
		t.Errorf("output: %s", out)
	}
}

// A real tenant has no such pages.
func TestFirstPageOfARealTenant(t *testing.T) {
	if first := site(settings{}, options{tenantAddr: "127.0.0.1:3001"}); len(first.Tenant) != 0 || first.Console != "" {
		t.Errorf("%+v", first)
	}
}

// The tenant beside the service has the same guards on all its control routes.
func TestControlRoutesAreGuarded(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant)
	patterns, _ := newRoutes(t)
	for _, pattern := range patterns {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{number}", "1", "{id}", "x", "{path...}", "x").Replace(path)
		for site, want := range map[string]bool{"cross-site": true, "same-site": true, "same-origin": false} {
			r, err := http.NewRequestWithContext(t.Context(), method, "http://"+tenant+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", site)
			for _, host := range []string{"", "evil.example.com"} {
				r.Host = host
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				refused := want && method != "GET"
				if host == "" && (resp.StatusCode == http.StatusForbidden) != refused || host != "" && resp.StatusCode != http.StatusMisdirectedRequest {
					t.Errorf("%s from %s of host %q: %d", pattern, site, host, resp.StatusCode)
				}
			}
		}
	}
}
