//go:build chromium

package frontend

import (
	"testing"

	"github.com/chromedp/chromedp"

	"usher/test/testkit/chromium"
)

// browser is a Chromium in front of the front-end, whose certificate it accepts.
type browser struct{ *chromium.Browser }

func newBrowser(t *testing.T) browser {
	t.Helper()
	return browser{chromium.Start(t, chromedp.Flag("ignore-certificate-errors", true))}
}

// signIn fills in the provider's page.
func (b browser) signIn(email, password string) {
	b.Helper()
	b.Sees("Password")
	b.Fill("username", email)
	b.Fill("password", password)
	b.Click(`button[type=submit]`)
}
