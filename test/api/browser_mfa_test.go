package api

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

var (
	formAction   = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hiddenField  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	shownSecret  = regexp.MustCompile(`id="secret">([A-Z0-9]+)<`)
	continueLink = regexp.MustCompile(`href="(/authorize/resume[^"]+)"`)
)

// page is one of the provider's.
type page struct{ action, body string }

// open goes along the provider's redirects, until a page or the front-end.
func (b *browser) open(t *testing.T, resp *http.Response, err error) (shown page, callback string) {
	t.Helper()
	for {
		if err != nil {
			t.Fatal(err)
		}
		read, readErr := io.ReadAll(resp.Body)
		resp.Body.Close()
		if readErr != nil {
			t.Fatal(readErr)
		}
		if resp.StatusCode < 300 || resp.StatusCode > 399 {
			return page{action: resp.Request.URL.Path, body: string(read)}, ""
		}
		next := resolve(t, resp)
		if !strings.HasPrefix(next, b.s.tenant.URL) {
			return page{}, next
		}
		resp, err = b.web.Get(next)
	}
}

// submit sends the page's form, with what the person types.
func (b *browser) submit(t *testing.T, p page, typed url.Values) (shown page, callback string) {
	t.Helper()
	action := formAction.FindStringSubmatch(p.body)
	if action == nil {
		t.Fatalf("no form on the page %s:\n%s", p.action, p.body)
	}
	for _, field := range hiddenField.FindAllStringSubmatch(p.body, -1) {
		typed.Set(field[1], field[2])
	}
	resp, err := b.web.PostForm(b.s.tenant.URL+action[1], typed)
	return b.open(t, resp, err)
}

// code is what the authenticator app shows. The tenant's clock goes on to the
// next one where it was used already.
func (b *browser) code(t *testing.T) url.Values {
	t.Helper()
	if b.steps > 0 {
		b.s.tenant.Tenant.Advance(30 * time.Second)
	}
	b.steps++
	code, err := localtenant.TOTP(b.secret, b.s.tenant.Tenant.Now())
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"code": {code}}
}

// enrol gets an authenticator app by an enrolment page.
func (b *browser) enrol(t *testing.T, p page) (shown page, callback string) {
	t.Helper()
	found := shownSecret.FindStringSubmatch(p.body)
	if found == nil {
		t.Fatalf("no secret on the page %s:\n%s", p.action, p.body)
	}
	b.secret, b.steps = found[1], 0
	return b.submit(t, p, b.code(t))
}

// signInThrough answers whatever page the provider shows, until the front-end.
func (b *browser) signInThrough(t *testing.T, location, email string) (callback string) {
	t.Helper()
	resp, err := b.web.Get(location)
	shown, callback := b.open(t, resp, err)
	for range 6 {
		switch {
		case callback != "":
			return callback
		case strings.HasPrefix(shown.action, "/u/login"):
			shown, callback = b.submit(t, shown, url.Values{"username": {email}, "password": {localtenant.SamplePassword}})
		case strings.HasPrefix(shown.action, "/u/social"):
			shown, callback = b.submit(t, shown, url.Values{"email": {email}, "answer": {"allow"}})
		case strings.Contains(shown.body, "Keep this recovery code"):
			resp, err := b.web.Get(b.s.tenant.URL + strings.ReplaceAll(continueLink.FindStringSubmatch(shown.body)[1], "&amp;", "&"))
			shown, callback = b.open(t, resp, err)
		case strings.HasPrefix(shown.action, "/u/mfa-otp-enrollment"):
			shown, callback = b.enrol(t, shown)
		case strings.HasPrefix(shown.action, "/u/mfa-otp-challenge"):
			shown, callback = b.submit(t, shown, b.code(t))
		default:
			t.Fatalf("what to do on the page %s?\n%s", shown.action, shown.body)
		}
	}
	t.Fatal("the pages never end")
	return ""
}
