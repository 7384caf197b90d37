//go:build chromium

package localtenant_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"usher/localtenant"
	"usher/localtenant/devpages"
	"usher/localtenant/tenanttest"
	"usher/test/testkit/chromium"
)

// Every page fits a screen of 320 pixels, also with long words, and axe-core finds no violation.
func TestChromiumDevPages(t *testing.T) {
	for name, text := range map[string]string{"": "Rosa", "long-": strings.Repeat("w", 500)} {
		c := &browsing{Browser: chromium.Start(t), tenant: used(t, text)}
		for _, path := range devPaths(c.tenant) {
			c.Open(c.tenant.URL + path)
			c.Read(`document.title`)
			part, _, _ := strings.Cut(strings.TrimPrefix(path, devpages.Root), "?")
			shot := "local-tenant-pages-" + name + strings.ReplaceAll(cmp.Or(part, "overview"), "/", "-")
			for _, scheme := range []string{"light", "dark"} {
				for _, width := range []int64{320, 1280} {
					c.picture(fmt.Sprintf("%s-%s-%d", shot, scheme, width), scheme, width)
					looked := name == "" && (scheme == "light") == (width == 320) && !strings.HasSuffix(path, "/body") // which runs no scripts
					if !looked {
						continue
					}
					c.LoadAxe()
					if found := c.Violations(); found != "" {
						c.Errorf("%s, %s, %d pixels: %s", path, scheme, width, found)
					}
				}
			}
		}
	}
}

// dialogs dismisses the dialogs that open in a browser, and collects their texts.
func dialogs(t *testing.T, b *chromium.Browser) func() []string {
	t.Helper()
	var mu sync.Mutex
	var texts []string
	err := chromedp.Listen(b.Context, func(ev any) {
		dialog, ok := ev.(*cdppage.EventJavascriptDialogOpening)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		texts = append(texts, dialog.Message)
		go func() { // a listener must not wait for the browser
			_ = chromedp.Do(b.Context, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				_, err := cdp.Call(ctx, t, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
				return err
			}))
		}()
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), texts...)
	}
}

// No text in a tenant's data opens a dialog on any page.
func TestChromiumDevPagesHostileData(t *testing.T) {
	all := ""
	for name, text := range hostile {
		if !strings.HasPrefix(name, "long") { // TestChromiumDevPages has one
			all += text
		}
	}
	b, s := chromium.Start(t), used(t, all)
	opened := dialogs(t, b)
	for _, path := range devPaths(s) {
		b.Open(s.URL + path)
		if title := b.Read(`document.title`); !strings.HasSuffix(title, " – local tenant") {
			t.Errorf("%s: the title is %q", path, title)
		}
	}
	if texts := opened(); len(texts) > 0 {
		t.Errorf("dialogs: %q", texts)
	}
}

// A script in a mail would not run, even if the page did not escape it: the frame and the policy of
// the real pages hold one that is in the clear. Without them it runs.
func TestChromiumMailFrameRunsNothing(t *testing.T) {
	s := used(t, "Rosa")
	_, root := shows(t, s, devpages.Root+"mails/1")
	sandbox := attribute(elements(root, "iframe")[0], "sandbox")
	mail, _ := shows(t, s, devpages.Root+"mails/1/body")
	const hostileMail = `<!doctype html><title>mail</title><script>alert("script"); fetch("/ran")</script>
<img src="/ran" onerror="alert('handler')"><iframe src="javascript:alert('frame')"></iframe><form id="f" action="/ran"></form>
<meta http-equiv="refresh" content="0;url=javascript:alert('refresh')"><p>end</p>`
	for name, c := range map[string]struct {
		sandboxed, policy, runs bool
	}{
		"both": {true, true, false}, "only the sandbox": {true, false, false}, "only the policy": {false, true, false}, "neither": {false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			loaded, ran := false, false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				w.Header().Set("Content-Type", "text/html")
				switch r.URL.Path {
				case "/":
					attributes := ""
					if c.sandboxed {
						attributes = fmt.Sprintf("sandbox=%q", sandbox)
					}
					fmt.Fprintf(w, `<!doctype html><title>frame</title><iframe %s src="/mail"></iframe>`, attributes)
				case "/mail":
					loaded = true
					if c.policy {
						w.Header().Set("Content-Security-Policy", mail.Header.Get("Content-Security-Policy"))
					}
					_, _ = io.WriteString(w, hostileMail)
				case "/ran":
					ran = ran || r.Header.Get("Sec-Fetch-Dest") == "empty" // of fetch
				}
			}))
			t.Cleanup(server.Close)
			b := chromium.Start(t)
			opened := dialogs(t, b)
			b.Open(server.URL)
			b.Read(`document.title`)
			b.Open("about:blank")
			mu.Lock()
			defer mu.Unlock()
			if got := len(opened()) > 0 || ran; got != c.runs || !loaded {
				t.Errorf("scripts run: %v, want %v (loaded: %v, dialogs %q)", got, c.runs, loaded, opened())
			}
		})
	}
}

// The link of a mail works, by the keyboard and in the frame: it opens a page outside the sandbox,
// which sets a new password.
func TestChromiumMailLink(t *testing.T) {
	s := tenanttest.Start(t)
	(&api{t: t, url: s.URL}).call("POST", "/dbconnections/change_password", map[string]any{
		"client_id": localtenant.ClientID, "email": "ada@example.com", "connection": localtenant.Connection,
	})
	b := chromium.Start(t)
	b.Open(s.URL + "/_tenant/")
	b.Click(`a[href="/_tenant/pages/mails"]`)
	b.Sees("Reset your password")
	b.Click(`a[href="/_tenant/pages/mails/1"]`)
	b.Sees("What the user sees")
	if seen := b.Read(`document.querySelector("iframe").contentDocument === null ? "nothing" : "the mail"`); seen != "nothing" {
		t.Errorf("the page sees %s in the frame", seen)
	}
	reach(b, `document.activeElement.localName === "iframe"`)
	b.Do(chromedp.KeyEvent(kb.Enter))
	ctx := newTab(b, "/u/reset-password?ticket=")
	tab := &chromium.Browser{TB: b.TB, Context: ctx}
	tab.Sees("Set a new password")
	if opener := tab.Read(`String(window.opener) + " " + document.referrer`); strings.TrimSpace(opener) != "null" {
		t.Errorf("the page knows where it was opened: %s", opener)
	}
	tab.Fill("password", goodPassword)
	tab.Fill("again", goodPassword)
	tab.Click("button[type=submit]")
	tab.Sees("Password changed")
}

// reach presses Tab until a condition holds.
func reach(b *chromium.Browser, condition string) {
	b.Helper()
	for range 60 {
		b.Do(chromedp.KeyEvent(kb.Tab))
		if b.Read(`(`+condition+`) ? "yes" : "no"`) == "yes" {
			return
		}
	}
	b.Fatalf("the keyboard does not reach %s", condition)
}

// newTab waits for a page with a part of an address, and attaches to it.
func newTab(b *chromium.Browser, part string) context.Context {
	b.Helper()
	for b.Context.Err() == nil {
		infos, err := chromedp.Targets(b.Context)
		if err != nil {
			b.Fatal(err)
		}
		for _, info := range infos {
			if info.Type == "page" && strings.Contains(info.URL, part) {
				ctx, cancel := chromedp.NewContext(b.Context, chromedp.WithTargetID(info.TargetID))
				b.Cleanup(cancel)
				return ctx
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatalf("no page with %s: %v", part, b.Context.Err())
	return nil
}

// A developer adds a fault with the keyboard only. The browser says which field is missing a value.
func TestChromiumDevFormByKeyboard(t *testing.T) {
	s := tenanttest.Start(t)
	b := chromium.Start(t)
	b.Open(s.URL + devpages.Root)
	b.Do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // the link that skips the navigation
	b.Read(`location.hash === "#main" ? "skipped" : ""`)
	b.Open(s.URL + devpages.Root + "faults")
	reach(b, `document.activeElement.id === "add-status"`)
	b.Do(chromedp.KeyEvent("many"), chromedp.KeyEvent(kb.Enter))
	b.Sees("Status: want a number such as 5.")
	b.Fill("add-status", "503")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Sees("The fault is added.")
	b.Sees("answers 503")
	b.Do(chromedp.Reload()) // adds no other
	b.Sees("answers 503")
	if n := len((&api{t: t, url: s.URL}).obj("GET", "/_tenant/faults", nil, 200)["faults"].([]any)); n != 1 {
		t.Errorf("%d faults", n)
	}
}

// Forms pass the guard against other sites also where a browser does not say Sec-Fetch-Site: at an
// address that is neither https nor loopback.
func TestChromiumDevFormsAtAnyAddress(t *testing.T) {
	s := tenanttest.Start(t)
	guarded := httptest.NewServer(http.NewCrossOriginProtection().Handler(s.Tenant))
	t.Cleanup(guarded.Close)
	u, err := url.Parse(guarded.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := chromium.Start(t, chromedp.Flag("host-resolver-rules", "MAP tenant.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	for _, base := range []string{guarded.URL, "http://tenant.test:" + u.Port()} {
		b.Open(base + devpages.Root + "quirks")
		b.Click("#save-quirks")
		b.Click("button[type=submit]")
		b.Sees("The settings are saved.")
	}
}
