//go:build chromium

package console_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"usher/localtenant"
	"usher/test/testkit/chromium"
)

var screenshots = flag.String("screenshots", "", "write pictures of the pages to this folder")

// pictures checks that the page fits narrow and wide screens, and that axe-core finds no violation
// in both themes. It takes pictures if they are wanted.
func (b chrome) pictures(name string) {
	b.Helper()
	b.LoadAxe()
	for _, width := range []int64{320, 1280} {
		b.Do(chromedp.EmulateViewport(width, 800))
		if got := b.Read(`document.documentElement.scrollWidth`); got != fmt.Sprint(width) {
			b.Errorf("%s is %s pixels wide on a screen of %d", name, got, width)
		}
		for _, theme := range []string{"light", "dark"} {
			b.theme(theme)
			if found := b.Violations(); found != "" {
				b.Errorf("%s, %d pixels, %s: %s", name, width, theme, found)
			}
			if *screenshots != "" {
				b.picture(name, theme, width)
			}
		}
	}
}

// theme chooses light or dark, without transitions between them.
func (b chrome) theme(theme string) {
	b.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

func (b chrome) picture(name, theme string, width int64) {
	b.Helper()
	png := chromium.Run(b.Browser, chromedp.FullScreenshot(100))
	file := filepath.Join(*screenshots, fmt.Sprintf("%s-%d-%s.png", name, width, theme))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// Each kind of page fits the screens and is accessible.
func TestPagesFit(t *testing.T) {
	w := newWorld(t)
	w.addFactors(customerID)
	w.tenantSignIn(customerEmail, "Wrong-Horse-7")
	w.tenantSignIn(customerEmail, localtenant.SamplePassword)
	b := w.chromium()
	b.Open(w.url)
	b.pictures("start")
	b.signIn(supportEmail)
	b.Click(`form.search details summary`)
	b.pictures("users")
	b.find("ada", "Ada Lovelace")
	for _, section := range []string{"history", "factors", "sessions"} {
		b.Click(`.tabs a[href$="/` + section + `"]`)
		b.Read(`document.querySelector(".tabs a[aria-current][href$='/` + section + `']") ? "there" : ""`)
		b.pictures(section)
	}
	b.find("ada", "Ada Lovelace")
	b.open("/block")
	b.pictures("user")
	b.submit("/block")
	b.Sees("The user is blocked")
	b.pictures("blocked")
	b.Open(w.url + userPath(adminID))
	b.pictures("above")
	b.Click(`.me summary`)
	b.Click(`form[action="/sign-out"] button`)
	b.Sees("Sign in to the console")

	b.signIn(adminEmail)
	b.pictures("all")
	b.Open(w.url + userPath("auth0|65e19a100000000000000003"))
	b.open("/password-link")
	b.pictures("admin")
	b.Open(w.url + "/invite")
	b.pictures("invite")
	for _, section := range []string{"identities", "roles", "metadata", "edit"} {
		b.Open(w.url + userPath(customerID, section))
		b.pictures(section)
	}
	b.Fill("name", strings.Repeat("W", 301))
	b.submit("/edit")
	b.Sees("did not accept the input")
	b.pictures("fault")
	b.Open(w.url + userPath(customerID, "app-metadata"))
	b.Fill("json", `{"plan":"gold","limits":{"seats":5}}`)
	b.Click(`button[value=review]`)
	b.Sees("Check your changes")
	b.pictures("review")
	b.Open(w.url + userPath(customerID))
	b.open("/password-link")
	b.submit("/password-link")
	b.Sees("It is shown only now.")
	b.pictures("once")
	b.Open(w.url + userPath(customerID, "metadata"))
	w.setUser(customerID, map[string]any{"user_metadata": map[string]any{"language": "fr"}})
	b.Fill("json", `{"language":"de"}`)
	b.Click(`button[value=review]`)
	b.Sees("Your version")
	b.pictures("conflict")
	b.Open(w.url + "/users")
	b.Fill("q", "not there")
	b.Click(`form.search button[type=submit]`)
	b.Sees("No user was found.")
	b.Click(`.me summary`)
	b.pictures("empty")
	b.Open(w.url + userPath("auth0|none"))
	b.pictures("error")
}
