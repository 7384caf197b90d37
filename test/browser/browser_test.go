//go:build chromium

// Package browser tests signing in with a real browser: headless Chromium, the
// service over HTTP, and the local tenant's pages. Where there is no Chromium
// the tests fail.
package browser

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/testkit"
	"usher/test/testkit/chromium"
	"usher/test/testkit/credentials"
)

// startService starts the service and a tenant, and returns the service's URL.
func startService(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Callbacks = []string{url + "/callback"} })
	cfg := config.Config{
		Connection:   localtenant.Connection,
		RedirectURIs: []string{url + "/callback"},
		Scopes:       strings.Fields(config.DefaultScopes),
		Binding:      config.BindingCookie,
		Deadline:     testkit.Patience,
	}
	log := slog.New(slog.DiscardHandler)
	handler := operations.Handler(boot.New(cfg, credentials.Of(t, tenant.URL), log, time.Now), log)
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return url
}

// shown waits for the callback's answer and reads it.
func shown(b *chromium.Browser) map[string]any {
	b.Helper()
	text := b.Read(`location.pathname === "/callback" ? document.body.innerText : ""`)
	var answer map[string]any
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		b.Fatalf("the browser shows %q: %v", text, err)
	}
	return answer
}

func emailIn(answer map[string]any) any {
	account, _ := answer["account"].(map[string]any)
	return account["email"]
}

func TestSignIn(t *testing.T) {
	url, b := startService(t), chromium.Start(t)
	b.Do(
		chromedp.Navigate(url+"/login?return_to=/account"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	answer := shown(b)
	if emailIn(answer) != "ada@example.com" || answer["return_to"] != "/account" {
		t.Errorf("signed in as %v", answer)
	}
	b.Do(chromedp.Reload()) // the cookie is gone, so the answer is not given twice
	if again := shown(b); again["code"] != "state-not-from-this-browser" {
		t.Errorf("reloaded: %v", again)
	}
}

func TestSignInByKeyboard(t *testing.T) {
	url, b := startService(t), chromium.Start(t)
	b.Open(url + "/login")
	// Chromium moves the focus when it renders the page, which may be after the navigation.
	if focused := b.Read(`document.activeElement.id`); focused != "username" {
		t.Errorf("typing begins in %q", focused)
	}
	b.Do(
		chromedp.KeyEvent("grace@example.com"),
		chromedp.KeyEvent(kb.Tab),
		chromedp.KeyEvent(localtenant.SamplePassword),
		chromedp.KeyEvent(kb.Enter),
	)
	if answer := shown(b); emailIn(answer) != "grace@example.com" {
		t.Errorf("signed in as %v", answer)
	}
}

func TestWrongPassword(t *testing.T) {
	url, b := startService(t), chromium.Start(t)
	b.Do(
		chromedp.Navigate(url+"/login"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, "Wrong-Horse-7"),
		chromedp.Click(`button[type=submit]`),
	)
	told := chromium.Run(b, chromedp.Text(`[role=alert]`))
	b.Do(
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	if !strings.HasPrefix(told, "Wrong email address") {
		t.Errorf("the page says %q", told)
	}
	if answer := shown(b); emailIn(answer) != "ada@example.com" {
		t.Errorf("signed in as %v", answer)
	}
}

func TestSignUp(t *testing.T) {
	url, b := startService(t), chromium.Start(t)
	b.Do(
		chromedp.Navigate(url+"/login?screen_hint=signup"),
		chromedp.SendKeys(`input[name=email]`, "new@example.com"),
		chromedp.SendKeys(`input[name=password]`, "Str0ng-Enough"),
		chromedp.Click(`button[type=submit]`),
	)
	if answer := shown(b); emailIn(answer) != "new@example.com" {
		t.Errorf("signed up as %v", answer)
	}
}

// A callback's URL that leaks is of no use in another browser.
func TestAnotherBrowser(t *testing.T) {
	url, b := startService(t), chromium.Start(t)
	b.Do(
		chromedp.Navigate(url+"/login"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	_ = shown(b)
	callback := chromium.Run(b, chromedp.Location())
	other := chromium.Start(t)
	other.Open(callback)
	if answer := shown(other); answer["code"] != "state-not-from-this-browser" {
		t.Errorf("another browser got %v", answer)
	}
}
