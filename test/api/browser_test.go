package api

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
)

// browser is a person's: it has its own cookies, and knows the provider's
// pages. What is for the service goes to the service.
type browser struct {
	s      *service
	jar    http.CookieJar
	web    *http.Client // to the provider
	secret string       // in the person's authenticator app
	steps  int64        // how often its code was used: each is good once
}

func newBrowser(t *testing.T, s *service) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{s: s, jar: jar, web: &http.Client{Jar: jar, CheckRedirect: stay}}
}

// get goes to a page of the service's, with cookies, and does not follow.
func (b *browser) get(t *testing.T, target string) answer {
	t.Helper()
	if !strings.HasPrefix(target, "http") {
		target = base + target
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	got := b.s.send(t, r)
	b.jar.SetCookies(r.URL, (&http.Response{Header: got.header}).Cookies())
	return got
}

// begin asks for a sign-in and returns where the provider's page is.
func (b *browser) begin(t *testing.T, query string) string {
	t.Helper()
	got := b.get(t, "/login"+query)
	wantAnswer(t, got, 302, "")
	location := got.header.Get("Location")
	if told := got.json(t)["location"]; told != location {
		t.Fatalf("the body tells %q, the header %q", told, location)
	}
	return location
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// signIn fills in the provider's page and returns the callback that it sends
// the browser to.
func (b *browser) signIn(t *testing.T, location, email, password string) string {
	t.Helper()
	page := b.follow(t, must(b.web.Get(location)))
	state := stateField.FindStringSubmatch(page)
	if state == nil {
		t.Fatalf("no login form on the page:\n%s", page)
	}
	resp := must(b.web.PostForm(b.s.tenant.URL+"/u/login", url.Values{"state": state[1:], "username": {email}, "password": {password}}))
	return b.untilCallback(t, resp)
}

// follow goes along the provider's redirects to a page.
func (b *browser) follow(t *testing.T, resp *http.Response) string {
	t.Helper()
	for resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp = must(b.web.Get(resolve(t, resp)))
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// untilCallback goes along the provider's redirects until one leads away.
func (b *browser) untilCallback(t *testing.T, resp *http.Response) string {
	t.Helper()
	for resp.StatusCode >= 300 && resp.StatusCode < 400 {
		next := resolve(t, resp)
		resp.Body.Close()
		if !strings.HasPrefix(next, b.s.tenant.URL) {
			return next
		}
		resp = must(b.web.Get(next))
	}
	body, _ := io.ReadAll(resp.Body)
	t.Fatalf("the provider stayed on its own page: %d\n%s", resp.StatusCode, body)
	return ""
}

func resolve(t *testing.T, resp *http.Response) string {
	t.Helper()
	next, err := resp.Request.URL.Parse(resp.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return next.String()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// signedIn is a whole sign-in of the sample user Ada, up to the callback.
func (b *browser) signedIn(t *testing.T, query string) string {
	t.Helper()
	return b.signIn(t, b.begin(t, query), "ada@example.com", localtenant.SamplePassword)
}
