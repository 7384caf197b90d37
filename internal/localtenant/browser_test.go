//go:build chromium

package localtenant_test

import (
	"context"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"usher/internal/localtenant"
	"usher/internal/localtenant/tenanttest"
)

// screenshots is where to put pictures of the pages, for people to look at.
var screenshots = flag.String("screenshots", "", "`directory` for pictures of the pages")

// patience is for what only hangs, however busy the machine is.
const patience = 8 * time.Minute

// chromium is a browser, a tenant, and an application that shows what came back.
type chromium struct {
	*testing.T
	tenant *tenanttest.Server
	app    string
	ctx    context.Context
	now    time.Time // which stands, so that a code is good however slow the browser is
}

func startChromium(t *testing.T) *chromium {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>app</title><pre id="came">%s</pre>`, html.EscapeString(r.URL.RawQuery))
	}))
	t.Cleanup(app.Close)
	c := &chromium{T: t, app: app.URL + "/callback", now: time.Now()}
	c.tenant = tenanttest.Start(t, func(o *localtenant.Options) {
		o.Callbacks, o.Now = []string{c.app}, func() time.Time { return c.now }
	})
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium's own cannot be used by root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancelAllocator)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	c.ctx = ctx
	c.do() // starts it: its life must not depend on a timeout
	ctx, cancelTimeout := context.WithTimeout(ctx, patience)
	t.Cleanup(cancelTimeout)
	c.ctx = ctx
	return c
}

func (c *chromium) do(steps ...chromedp.Action[chromedp.Void]) {
	c.Helper()
	if err := chromedp.Do(c.ctx, steps...); err != nil {
		c.Fatal(err)
	}
}

// open begins a sign-in.
func (c *chromium) open(extra map[string]string) {
	c.Helper()
	if extra == nil {
		extra = map[string]string{}
	}
	extra["redirect_uri"] = c.app
	c.do(chromedp.Navigate(authorizeURL(c.tenant, extra)))
}

// js reads a text by script, over and over until it is there.
func (c *chromium) js(script string) string {
	c.Helper()
	for c.ctx.Err() == nil {
		// An error only says that the browser is between two pages.
		if text, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? String(`+script+`) : ""`)); err == nil && text != "" {
			return text
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.Fatalf("%s: %v", script, c.ctx.Err())
	return ""
}

// sees waits for a text on the page.
func (c *chromium) sees(text string) {
	c.Helper()
	c.js(fmt.Sprintf(`document.body.innerText.includes(%q) ? "yes" : ""`, text))
}

// came waits for the application and reads what came to it.
func (c *chromium) came() url.Values {
	c.Helper()
	q, err := url.ParseQuery(c.js(`document.querySelector("#came")?.textContent ?? ""`))
	if err != nil {
		c.Fatal(err)
	}
	return q
}

func (c *chromium) fill(fields map[string]string) {
	c.Helper()
	for id, text := range fields {
		c.js(fmt.Sprintf(`(document.querySelector(%q).value = "") || "emptied"`, "#"+id))
		c.do(chromedp.SendKeys("#"+id, text))
	}
}

func (c *chromium) click(selector string) {
	c.Helper()
	c.do(chromedp.Click(selector))
}

// follow clicks the link whose text holds something.
func (c *chromium) follow(text string) {
	c.Helper()
	c.js(fmt.Sprintf(`(() => {
		const link = [...document.querySelectorAll("a")].find(a => a.innerText.includes(%q));
		link?.click();
		return link ? "clicked" : "";
	})()`, text))
}

// picture takes one, if pictures are wanted, and always checks that the page fits
// a narrow screen.
func (c *chromium) picture(name, scheme string, width int64) {
	c.Helper()
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}), chromedp.EmulateViewport(320, 640))
	if got := c.js(`document.documentElement.scrollWidth`); got != "320" {
		c.Errorf("%s is %s pixels wide on a screen of 320", name, got)
	}
	c.do(chromedp.EmulateViewport(width, 860))
	if *screenshots == "" {
		return
	}
	png, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644); err != nil {
		c.Fatal(err)
	}
}

func TestChromiumLogin(t *testing.T) {
	c := startChromium(t)
	c.open(nil)
	c.sees("Sign in")
	c.picture("local-tenant-login", "light", 640)
	c.fill(map[string]string{"username": "ada@example.com", "password": "wrong"})
	c.click("button[type=submit]")
	c.sees("Wrong email address, user name or password.")
	c.picture("login-wrong", "dark", 640)
	c.fill(map[string]string{"password": localtenant.SamplePassword})
	c.click("button[type=submit]")
	if q := c.came(); q.Get("code") == "" || q.Get("state") != "st" {
		t.Errorf("came %v", q)
	}
	c.open(map[string]string{"redirect_uri": "http://evil.example"}) // open overrides it
	c.do(chromedp.Navigate(authorizeURL(c.tenant, map[string]string{"redirect_uri": "http://evil.example/"})))
	c.sees("Callback URL mismatch.")
	c.picture("error", "light", 640)
}

// TestChromiumKeyboard signs up without a mouse.
func TestChromiumKeyboard(t *testing.T) {
	c := startChromium(t)
	c.open(nil)
	c.sees("Sign in")
	tab := func(until string) {
		t.Helper()
		for range 20 {
			c.do(chromedp.KeyEvent(kb.Tab))
			if c.js(`document.activeElement.textContent.trim() || document.activeElement.id || "none"`) == until {
				return
			}
		}
		t.Fatalf("the keyboard does not reach %q", until)
	}
	tab("Sign up")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.sees("Make an account")
	c.picture("signup", "light", 640)
	c.do(chromedp.KeyEvent("new@example.com"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("weakweak"), chromedp.KeyEvent(kb.Enter))
	c.sees("That password will not do.")
	tab("password")
	c.do(chromedp.KeyEvent(goodPassword))
	tab("Sign up")
	c.do(chromedp.KeyEvent(kb.Enter))
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
}

func TestChromiumMails(t *testing.T) {
	c := startChromium(t)
	c.open(nil)
	c.follow("Forgot")
	c.sees("send you a link")
	c.picture("forgotten", "dark", 640)
	c.fill(map[string]string{"email": "alan@example.com"})
	c.click("button[type=submit]")
	c.sees("Check your email")
	c.picture("message", "light", 640)
	c.do(chromedp.Navigate(link(t, c.tenant, "reset_email")))
	c.sees("Set a new password")
	c.picture("reset", "light", 640)
	c.fill(map[string]string{"password": goodPassword, "again": goodPassword + "x"})
	c.click("button[type=submit]")
	c.sees("The two passwords are not the same.")
	c.fill(map[string]string{"password": goodPassword, "again": goodPassword})
	c.click("button[type=submit]")
	c.sees("Password changed")
	newAPI(t, c.tenant).obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": "auth0|65e19a100000000000000003"}, 201)
	for _, want := range []string{"Email verified", "used already"} {
		// The link ends in #: following it twice in a row would load nothing.
		c.do(chromedp.Navigate("about:blank"), chromedp.Navigate(link(t, c.tenant, "verify_email")))
		c.sees(want)
	}
}

func TestChromiumMFA(t *testing.T) {
	c := startChromium(t)
	password := map[string]string{"username": "ada@example.com", "password": localtenant.SamplePassword}
	code := func(secret string, ahead time.Duration) string {
		t.Helper()
		v, err := localtenant.TOTP(secret, c.now.Add(ahead))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	c.open(map[string]string{"acr_values": acrMFA})
	c.fill(password)
	c.click("button[type=submit]")
	secret := c.js(`document.querySelector("#secret")?.textContent ?? ""`)
	shown, err := chromedp.Run(c.ctx, chromedp.Screenshot(".qr"))
	if err != nil {
		t.Fatal(err)
	}
	if got := mustParse(t, scan(t, shown, nil)).Query().Get("secret"); got != secret {
		t.Errorf("the QR code's secret is %q, the text's %q", got, secret)
	}
	c.picture("local-tenant-mfa", "dark", 640)
	c.fill(map[string]string{"code": "000000"})
	c.click("button[type=submit]")
	c.sees("That code is not right.")
	c.fill(map[string]string{"code": code(secret, 0)})
	c.click("button[type=submit]")
	c.sees("Keep this recovery code")
	recovery := c.js(`document.querySelector("#secret")?.textContent ?? ""`)
	c.picture("recovery-code", "light", 640)
	c.click("a.button")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.open(map[string]string{"acr_values": acrMFA, "prompt": "login"})
	c.fill(password)
	c.click("button[type=submit]")
	c.sees("authenticator app")
	c.picture("challenge", "light", 640)
	c.fill(map[string]string{"code": "000000"})
	c.click("button[type=submit]")
	c.sees("That code is not right.")
	c.fill(map[string]string{"code": code(secret, 30*time.Second)}) // the one before was used
	c.click("button[type=submit]")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.open(map[string]string{"acr_values": acrMFA, "prompt": "login"})
	c.fill(password)
	c.click("button[type=submit]")
	c.follow("recovery code")
	c.sees("Use your recovery code")
	c.fill(map[string]string{"code": "GUESS"})
	c.click("button[type=submit]")
	c.sees("That recovery code is not right.")
	c.fill(map[string]string{"code": recovery})
	c.click("button[type=submit]")
	c.sees("Keep this recovery code")
}

func TestChromiumSocial(t *testing.T) {
	c := startChromium(t)
	c.open(nil)
	c.follow("Google")
	c.sees("Simulated Google")
	c.picture("social", "dark", 640)
	c.fill(map[string]string{"email": "mary@example.com", "name": "Mary Shaw"})
	c.click("button[value=allow]")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.open(map[string]string{"connection": "github", "prompt": "login"})
	c.sees("Simulated GitHub")
	c.click("button[value=deny]")
	if q := c.came(); q.Get("error") != "access_denied" || !strings.Contains(q.Get("error_description"), "denied") {
		t.Errorf("came %v", q)
	}
}
