//go:build chromium

// Package browser tests signing in with a real browser: headless Chromium, the
// service over HTTP, and the local tenant's pages. Where there is no Chromium
// the tests fail.
package browser

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/localtenant"
	"usher/internal/localtenant/tenanttest"
	"usher/internal/operations"
	"usher/internal/secrets"
)

// patience is for what only hangs, however busy the machine is.
const patience = 8 * time.Minute

// startService starts the service and a tenant, and returns the service's URL.
func startService(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Callbacks = []string{url + "/callback"} })
	credentials, err := secrets.Credentials{Domain: tenant.URL, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret}.Complete(false)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{
		Connection:   localtenant.Connection,
		RedirectURIs: []string{url + "/callback"},
		Scopes:       strings.Fields(config.DefaultScopes),
		Binding:      config.BindingCookie,
		Deadline:     patience,
	}
	log := slog.New(slog.DiscardHandler)
	handler := operations.Handler(boot.New(cfg, secrets.Static(credentials), log, time.Now), log)
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return url
}

// newBrowser starts a Chromium with a profile of its own. It asks for nothing
// on the network but what the test asks for.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium's own cannot be used by root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancelAllocator)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	do(ctx, t) // starts it: its life must not depend on a timeout
	ctx, cancelTimeout := context.WithTimeout(ctx, patience)
	t.Cleanup(cancelTimeout)
	return ctx
}

func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func read[T any](ctx context.Context, t *testing.T, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// shown waits for the callback's answer and reads it.
func shown(ctx context.Context, t *testing.T) map[string]any {
	t.Helper()
	var text string
	for text == "" {
		if ctx.Err() != nil {
			t.Fatal("the browser never came to the callback")
		}
		// An error only says that the browser is between two pages.
		text, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname === "/callback" && document.readyState === "complete" ? document.body.innerText : ""`))
		time.Sleep(20 * time.Millisecond)
	}
	var answer map[string]any
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("the browser shows %q: %v", text, err)
	}
	return answer
}

func emailIn(answer map[string]any) any {
	account, _ := answer["account"].(map[string]any)
	return account["email"]
}

func TestSignIn(t *testing.T) {
	url, ctx := startService(t), newBrowser(t)
	do(ctx, t,
		chromedp.Navigate(url+"/login?return_to=/account"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	answer := shown(ctx, t)
	if emailIn(answer) != "ada@example.com" || answer["return_to"] != "/account" {
		t.Errorf("signed in as %v", answer)
	}
	do(ctx, t, chromedp.Reload()) // the cookie is gone, so the answer is not given twice
	if again := shown(ctx, t); again["code"] != "state-not-from-this-browser" {
		t.Errorf("reloaded: %v", again)
	}
}

func TestSignInByKeyboard(t *testing.T) {
	url, ctx := startService(t), newBrowser(t)
	do(ctx, t,
		chromedp.Navigate(url+"/login"),
	)
	if focused := read(ctx, t, chromedp.Evaluate[string](`document.activeElement.id`)); focused != "username" {
		t.Errorf("typing begins in %q", focused)
	}
	do(ctx, t,
		chromedp.KeyEvent("grace@example.com"),
		chromedp.KeyEvent(kb.Tab),
		chromedp.KeyEvent(localtenant.SamplePassword),
		chromedp.KeyEvent(kb.Enter),
	)
	if answer := shown(ctx, t); emailIn(answer) != "grace@example.com" {
		t.Errorf("signed in as %v", answer)
	}
}

func TestWrongPassword(t *testing.T) {
	url, ctx := startService(t), newBrowser(t)
	do(ctx, t,
		chromedp.Navigate(url+"/login"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, "Wrong-Horse-7"),
		chromedp.Click(`button[type=submit]`),
	)
	told := read(ctx, t, chromedp.Text(`[role=alert]`))
	do(ctx, t,
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	if !strings.HasPrefix(told, "Wrong email address") {
		t.Errorf("the page says %q", told)
	}
	if answer := shown(ctx, t); emailIn(answer) != "ada@example.com" {
		t.Errorf("signed in as %v", answer)
	}
}

func TestSignUp(t *testing.T) {
	url, ctx := startService(t), newBrowser(t)
	do(ctx, t,
		chromedp.Navigate(url+"/login?screen_hint=signup"),
		chromedp.SendKeys(`input[name=email]`, "new@example.com"),
		chromedp.SendKeys(`input[name=password]`, "Str0ng-Enough"),
		chromedp.Click(`button[type=submit]`),
	)
	if answer := shown(ctx, t); emailIn(answer) != "new@example.com" {
		t.Errorf("signed up as %v", answer)
	}
}

// A callback's URL that leaks is of no use in another browser.
func TestAnotherBrowser(t *testing.T) {
	url, ctx := startService(t), newBrowser(t)
	do(ctx, t,
		chromedp.Navigate(url+"/login"),
		chromedp.SendKeys(`#username`, "ada@example.com"),
		chromedp.SendKeys(`#password`, localtenant.SamplePassword),
		chromedp.Click(`button[type=submit]`),
	)
	_ = shown(ctx, t)
	callback := read(ctx, t, chromedp.Location())
	other := newBrowser(t)
	do(other, t, chromedp.Navigate(callback))
	if answer := shown(other, t); answer["code"] != "state-not-from-this-browser" {
		t.Errorf("another browser got %v", answer)
	}
}
