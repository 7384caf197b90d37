//go:build chromium

// Package chromium drives a headless Chromium in tests.
package chromium

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"usher/test/testkit"
)

// Browser is a Chromium with its own profile.
type Browser struct {
	testing.TB
	Context context.Context
}

// Start starts a browser that ends with the test. It reaches only this machine.
func Start(t testing.TB, options ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	options = append(append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WSURLReadTimeout(testkit.Patience),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-http2", true), // ends all pages when a network interface changes, such as Docker's
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	), options...)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root cannot use Chromium's sandbox
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancelAllocator)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &Browser{t, ctx}
	b.Do() // starts the browser, whose life must not depend on the timeout
	b.Context, cancel = context.WithTimeout(ctx, testkit.Patience)
	t.Cleanup(cancel)
	return b
}

// Do runs actions and fails the test where one fails.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Context, actions...); err != nil {
		b.Fatal(err)
	}
}

// Run runs an action and returns its result.
func Run[T any](b *Browser, action chromedp.Action[T]) T {
	b.Helper()
	result, err := chromedp.Run(b.Context, action)
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// Open opens a page.
func (b *Browser) Open(url string) {
	b.Helper()
	b.Do(chromedp.Navigate(url))
}

// Back opens the page before, as the browser's button does. It may be the browser's page about an error,
// since the answer to a form is not kept.
func (b *Browser) Back() {
	b.Helper()
	if err := chromedp.Do(b.Context, chromedp.NavigateBack()); err != nil && !strings.Contains(err.Error(), "net::ERR_CACHE_MISS") {
		b.Fatal(err)
	}
}

// Read evaluates a script on a loaded page until its result is not empty. The script must change nothing:
// it may run again although it ran, if the browser leaves the page meanwhile.
func (b *Browser) Read(script string) string {
	b.Helper()
	for b.Context.Err() == nil {
		// An error means only that the browser is between two pages.
		if text, err := chromedp.Run(b.Context, chromedp.Evaluate[string](`document.readyState === "complete" ? String(`+script+`) : ""`)); err == nil && text != "" {
			return text
		}
		time.Sleep(20 * time.Millisecond)
	}
	shown, _ := chromedp.Run(context.WithoutCancel(b.Context), chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	b.Fatalf("%s: %v; the browser shows %s", script, b.Context.Err(), shown)
	return ""
}

// Sees waits for a text on the page.
func (b *Browser) Sees(text string) {
	b.Helper()
	b.Read(fmt.Sprintf(`document.body.innerText.includes(%q) ? "yes" : ""`, text))
}

// Fill types a text into a field in place of its value.
func (b *Browser) Fill(id, text string) {
	b.Helper()
	b.Read(fmt.Sprintf(`(document.querySelector(%q).value = "") || "emptied"`, "#"+id))
	b.Do(chromedp.SendKeys("#"+id, text))
}

// Click clicks an element.
func (b *Browser) Click(selector string) {
	b.Helper()
	b.Do(chromedp.Click(selector))
}
