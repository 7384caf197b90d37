//go:build chromium

package frontend

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is a Chromium with a profile of its own.
type browser struct {
	*testing.T
	ctx context.Context
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-quic", true),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("ignore-certificate-errors", true), // the front-end made its own
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium's own cannot be used by root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancelAllocator)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{T: t, ctx: ctx}
	b.do() // starts it: its life must not depend on a timeout
	ctx, cancelTimeout := context.WithTimeout(ctx, patience)
	t.Cleanup(cancelTimeout)
	b.ctx = ctx
	return b
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func (b *browser) open(url string) {
	b.Helper()
	b.do(chromedp.Navigate(url))
}

// read reads a text by script, over and over until it is there.
func (b *browser) read(script string) string {
	b.Helper()
	for b.ctx.Err() == nil {
		// An error only says that the browser is between two pages.
		if text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? String(`+script+`) : ""`)); err == nil && text != "" {
			return text
		}
		time.Sleep(20 * time.Millisecond)
	}
	shown, _ := chromedp.Run(context.WithoutCancel(b.ctx), chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	b.Fatalf("%s: %v; the browser shows %s", script, b.ctx.Err(), shown)
	return ""
}

// sees waits for a text on the page.
func (b *browser) sees(text string) {
	b.Helper()
	b.read(fmt.Sprintf(`document.body.innerText.includes(%q) ? "yes" : ""`, text))
}

// fill types into a field in place of what is there.
func (b *browser) fill(id, text string) {
	b.Helper()
	b.read(fmt.Sprintf(`(document.querySelector(%q).value = "") || "emptied"`, "#"+id))
	b.do(chromedp.SendKeys("#"+id, text))
}

// signIn fills in the provider's page.
func (b *browser) signIn(email, password string) {
	b.Helper()
	b.sees("Password")
	b.fill("username", email)
	b.fill("password", password)
	b.do(chromedp.Click(`button[type=submit]`))
}
