package main

import (
	"net/http"
	"strings"
	"testing"

	"usher/localtenant"
)

// controlRoutes are all routes below /_tenant/: those in JSON, and the pages with their forms.
func controlRoutes(t *testing.T) (patterns []string) {
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
	return patterns
}

// Web pages of other sites neither read from a control route nor change anything by one.
func TestControlRoutesAreGuarded(t *testing.T) {
	base, remote := start(t), start(t, "-allow-remote")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	pages := 0
	for _, pattern := range controlRoutes(t) {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{number}", "1", "{id}", "x", "{path...}", "x").Replace(path)
		if strings.HasPrefix(path, "/_tenant/pages/") {
			pages++
		}
		status := func(base, host string, header map[string]string) int {
			r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			for name, value := range header {
				r.Header.Set(name, value)
			}
			resp, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			return resp.StatusCode
		}
		for _, host := range []string{"evil.example.com", "127.0.0.1.evil.example.com:3001", "10.0.0.1"} {
			if got := status(base, host, nil); got != http.StatusMisdirectedRequest {
				t.Errorf("%s of host %s: %d", pattern, host, got)
			}
		}
		for _, header := range []map[string]string{
			{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"},
		} {
			for _, base := range []string{base, remote} {
				if got := status(base, "", header); (got == http.StatusForbidden) != (method != "GET") {
					t.Errorf("%s, %v: %d", pattern, header, got)
				}
			}
		}
		for _, header := range []map[string]string{nil, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}} {
			if got := status(base, "", header); got == http.StatusForbidden || got == http.StatusMisdirectedRequest || got >= 500 {
				t.Errorf("%s, %v: %d", pattern, header, got)
			}
		}
	}
	if pages < 30 {
		t.Errorf("%d routes of pages", pages)
	}
}
