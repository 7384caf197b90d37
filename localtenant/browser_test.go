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

	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit/chromium"
)

// screenshots is where to put pictures of the pages, for people to look at.
var screenshots = flag.String("screenshots", "", "`directory` for pictures of the pages")

// browsing is a browser, a tenant, and an application that shows what came back.
type browsing struct {
	*chromium.Browser
	tenant *tenanttest.Server
	app    string
	now    time.Time // stands still, so that a code is good however slow the browser is
}

func startBrowsing(t *testing.T) *browsing {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>app</title><pre id="came">%s</pre>`, html.EscapeString(r.URL.RawQuery))
	}))
	t.Cleanup(app.Close)
	c := &browsing{Browser: chromium.Start(t), app: app.URL + "/callback", now: time.Now()}
	c.tenant = tenanttest.Start(t, func(o *localtenant.Options) {
		o.Callbacks, o.Now = []string{c.app}, func() time.Time { return c.now }
	})
	return c
}

// begin begins a sign-in.
func (c *browsing) begin(extra map[string]string) {
	c.Helper()
	if extra == nil {
		extra = map[string]string{}
	}
	extra["redirect_uri"] = c.app
	c.Open(authorizeURL(c.tenant, extra))
}

// came waits for the application and reads what came to it.
func (c *browsing) came() url.Values {
	c.Helper()
	q, err := url.ParseQuery(c.Read(`document.querySelector("#came")?.textContent ?? ""`))
	if err != nil {
		c.Fatal(err)
	}
	return q
}

func (c *browsing) fill(fields map[string]string) {
	c.Helper()
	for id, text := range fields {
		c.Fill(id, text)
	}
}

// follow clicks the link whose text holds something.
func (c *browsing) follow(text string) {
	c.Helper()
	c.Read(fmt.Sprintf(`(() => {
		const link = [...document.querySelectorAll("a")].find(a => a.innerText.includes(%q));
		link?.click();
		return link ? "clicked" : "";
	})()`, text))
}

// picture takes one, if pictures are wanted, and always checks that the page fits
// a narrow screen.
func (c *browsing) picture(name, scheme string, width int64) {
	c.Helper()
	c.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}), chromedp.EmulateViewport(320, 640))
	if got := c.Read(`document.documentElement.scrollWidth`); got != "320" {
		c.Errorf("%s is %s pixels wide on a screen of 320", name, got)
	}
	c.Do(chromedp.EmulateViewport(width, 860))
	if *screenshots == "" {
		return
	}
	png := chromium.Run(c.Browser, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644); err != nil {
		c.Fatal(err)
	}
}

func TestChromiumLogin(t *testing.T) {
	c := startBrowsing(t)
	c.begin(nil)
	c.Sees("Sign in")
	c.picture("local-tenant-login", "light", 640)
	c.fill(map[string]string{"username": "ada@example.com", "password": "wrong"})
	c.Click("button[type=submit]")
	c.Sees("Wrong email address, user name or password.")
	c.picture("login-wrong", "dark", 640)
	c.fill(map[string]string{"password": localtenant.SamplePassword})
	c.Click("button[type=submit]")
	if q := c.came(); q.Get("code") == "" || q.Get("state") != "st" {
		t.Errorf("came %v", q)
	}
	c.begin(map[string]string{"redirect_uri": "http://evil.example"}) // begin overrides it
	c.Do(chromedp.Navigate(authorizeURL(c.tenant, map[string]string{"redirect_uri": "http://evil.example/"})))
	c.Sees("Callback URL mismatch.")
	c.picture("error", "light", 640)
}

// TestChromiumKeyboard signs up without a mouse.
func TestChromiumKeyboard(t *testing.T) {
	c := startBrowsing(t)
	c.begin(nil)
	c.Sees("Sign in")
	tab := func(until string) {
		t.Helper()
		for range 20 {
			c.Do(chromedp.KeyEvent(kb.Tab))
			if c.Read(`document.activeElement.textContent.trim() || document.activeElement.id || "none"`) == until {
				return
			}
		}
		t.Fatalf("the keyboard does not reach %q", until)
	}
	tab("Sign up")
	c.Do(chromedp.KeyEvent(kb.Enter))
	c.Sees("Make an account")
	c.picture("signup", "light", 640)
	c.Do(chromedp.KeyEvent("new@example.com"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("weakweak"), chromedp.KeyEvent(kb.Enter))
	c.Sees("That password will not do.")
	tab("password")
	c.Do(chromedp.KeyEvent(goodPassword))
	tab("Sign up")
	c.Do(chromedp.KeyEvent(kb.Enter))
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
}

func TestChromiumMails(t *testing.T) {
	c := startBrowsing(t)
	c.begin(nil)
	c.follow("Forgot")
	c.Sees("send you a link")
	c.picture("forgotten", "dark", 640)
	c.fill(map[string]string{"email": "alan@example.com"})
	c.Click("button[type=submit]")
	c.Sees("Check your email")
	c.picture("message", "light", 640)
	c.Do(chromedp.Navigate(link(t, c.tenant, "reset_email")))
	c.Sees("Set a new password")
	c.picture("reset", "light", 640)
	c.fill(map[string]string{"password": goodPassword, "again": goodPassword + "x"})
	c.Click("button[type=submit]")
	c.Sees("The two passwords are not the same.")
	c.fill(map[string]string{"password": goodPassword, "again": goodPassword})
	c.Click("button[type=submit]")
	c.Sees("Password changed")
	newAPI(t, c.tenant).obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": "auth0|65e19a100000000000000003"}, 201)
	for _, want := range []string{"Email verified", "used already"} {
		// The link ends in #: following it twice in a row would load nothing.
		c.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(link(t, c.tenant, "verify_email")))
		c.Sees(want)
	}
}

func TestChromiumMFA(t *testing.T) {
	c := startBrowsing(t)
	password := map[string]string{"username": "ada@example.com", "password": localtenant.SamplePassword}
	code := func(secret string, ahead time.Duration) string {
		t.Helper()
		v, err := localtenant.TOTP(secret, c.now.Add(ahead))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	c.begin(map[string]string{"acr_values": acrMFA})
	c.fill(password)
	c.Click("button[type=submit]")
	secret := c.Read(`document.querySelector("#secret")?.textContent ?? ""`)
	shown := chromium.Run(c.Browser, chromedp.Screenshot(".qr"))
	if got := mustParse(t, scan(t, shown, nil)).Query().Get("secret"); got != secret {
		t.Errorf("the QR code's secret is %q, the text's %q", got, secret)
	}
	c.picture("local-tenant-mfa", "dark", 640)
	c.fill(map[string]string{"code": "000000"})
	c.Click("button[type=submit]")
	c.Sees("That code is not right.")
	c.fill(map[string]string{"code": code(secret, 0)})
	c.Click("button[type=submit]")
	c.Sees("Keep this recovery code")
	recovery := c.Read(`document.querySelector("#secret")?.textContent ?? ""`)
	c.picture("recovery-code", "light", 640)
	c.Click("a.button")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.begin(map[string]string{"acr_values": acrMFA, "prompt": "login"})
	c.fill(password)
	c.Click("button[type=submit]")
	c.Sees("authenticator app")
	c.picture("challenge", "light", 640)
	c.fill(map[string]string{"code": "000000"})
	c.Click("button[type=submit]")
	c.Sees("That code is not right.")
	c.fill(map[string]string{"code": code(secret, 30*time.Second)}) // the one before was used
	c.Click("button[type=submit]")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.begin(map[string]string{"acr_values": acrMFA, "prompt": "login"})
	c.fill(password)
	c.Click("button[type=submit]")
	c.follow("recovery code")
	c.Sees("Use your recovery code")
	c.fill(map[string]string{"code": "GUESS"})
	c.Click("button[type=submit]")
	c.Sees("That recovery code is not right.")
	c.fill(map[string]string{"code": recovery})
	c.Click("button[type=submit]")
	c.Sees("Keep this recovery code")
}

func TestChromiumSocial(t *testing.T) {
	c := startBrowsing(t)
	c.begin(nil)
	c.follow("Google")
	c.Sees("Simulated Google")
	c.picture("social", "dark", 640)
	c.fill(map[string]string{"email": "mary@example.com", "name": "Mary Shaw"})
	c.Click("button[value=allow]")
	if q := c.came(); q.Get("code") == "" {
		t.Errorf("came %v", q)
	}
	c.begin(map[string]string{"connection": "github", "prompt": "login"})
	c.Sees("Simulated GitHub")
	c.Click("button[value=deny]")
	if q := c.came(); q.Get("error") != "access_denied" || !strings.Contains(q.Get("error_description"), "denied") {
		t.Errorf("came %v", q)
	}
}
