//go:build chromium

package frontend

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const goodPassword = "Str0ng-Enough"

// A person signs up, signs in, looks, edits, and signs out in all browsers.
func TestAnAccountsLife(t *testing.T) {
	s := startSite(t)
	b := newBrowser(t)
	b.Open(s.url + "/sign-up")
	b.Fill("name", "Mia <b>Wong</b>")
	b.Fill("email", "mia@example.com")
	b.Fill("password", "weak")
	b.Click("#up")
	b.Sees("too easy to guess")
	b.Fill("password", goodPassword)
	b.Click("#up")
	if hint := b.Read(`document.querySelector("#username")?.value ?? ""`); hint != "mia@example.com" {
		t.Errorf("the provider's page asks for %q", hint)
	}
	b.signIn("mia@example.com", goodPassword)
	b.Sees("mia@example.com (not verified yet")
	if name := b.Read(`document.querySelector("#name").value`); name != "Mia <b>Wong</b>" {
		t.Errorf("the name is %q", name)
	}
	if cookies := b.Read(`document.cookie || "none"`); cookies != "none" {
		t.Errorf("scripts can read the cookies %s", cookies)
	}

	b.Fill("name", "Mia Wong")
	b.Do(chromedp.SetValue("#language", "de"), chromedp.Click("#save"))
	b.Read(`document.querySelector("#language")?.value === "de" && document.querySelector("#name").value === "Mia Wong" ? "saved" : ""`)

	other := newBrowser(t)
	other.Open(s.url + "/account")
	other.signIn("mia@example.com", goodPassword)
	other.Sees("mia@example.com")

	b.Click("#everywhere")
	b.Sees("Welcome")
	b.Read(`location.href === "` + s.url + `/" ? "at the start" : ""`)
	for _, each := range []browser{b, other} {
		each.Open(s.url + "/account") // the provider has forgotten both browsers, too
		each.Sees("Password")
	}
	for _, line := range []string{"change=user.create", "change=user.update", "change=session.end-all", "caller=arn:aws:sts::000000000000:assumed-role/local/session"} {
		if !strings.Contains(s.usher.String(), line) {
			t.Errorf("the service's log has no %s:\n%s", line, s.usher)
		}
	}
}

func TestSignOutHere(t *testing.T) {
	s := startSite(t)
	b, other := newBrowser(t), newBrowser(t)
	for _, each := range []browser{b, other} {
		each.Open(s.url + "/account")
		each.signIn("ada@example.com", "Correct-Horse-7")
		each.Sees("ada@example.com (verified)")
	}
	b.Click("#out")
	b.Sees("Welcome")
	b.Open(s.url + "/account")
	b.Sees("Password")
	other.Open(s.url + "/account")
	other.Sees("ada@example.com (verified)")
}

// An attacker begins a sign-in of their own, and makes somebody else's browser
// end it: that would sign the victim in as the attacker.
func TestForgedCallback(t *testing.T) {
	s := startSite(t)
	callback := attackersCallback(t, s)
	victim := newBrowser(t)
	victim.Open(callback)
	victim.Sees("begun in another browser")
	victim.Open(s.url + "/")
	victim.Sees("sign up") // nobody is signed in
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// attackersCallback signs in up to the callback's URL, and keeps it.
func attackersCallback(t *testing.T, s site) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Get(s.url + "/login")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	state := stateField.FindSubmatch(page)
	if state == nil {
		t.Fatalf("no form: %d %s", resp.StatusCode, page)
	}
	form := url.Values{"state": {string(state[1])}, "username": {"grace@example.com"}, "password": {"Correct-Horse-7"}}
	resp, err = client.PostForm(resp.Request.URL.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	callback := resp.Header.Get("Location")
	if !strings.HasPrefix(callback, s.url+"/callback?") {
		t.Fatalf("%d to %q", resp.StatusCode, callback)
	}
	return callback
}
