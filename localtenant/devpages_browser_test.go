//go:build chromium

package localtenant_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"usher/test/testkit/chromium"
)

// Every page fits a screen of 320 pixels.
func TestChromiumDevPages(t *testing.T) {
	c := &browsing{Browser: chromium.Start(t), tenant: used(t, "Rosa")}
	for _, path := range devPaths(c.tenant) {
		c.Open(c.tenant.URL + path)
		c.Read(`document.title`)
		name := "dev" + strings.NewReplacer("/_tenant/pages", "", "/", "-", "?", "-", "|", "").Replace(path)
		c.picture(name+"-light-320", "light", 320)
		c.picture(name+"-dark-1280", "dark", 1280)
		c.picture(name+"-dark-320", "dark", 320)
		c.picture(name+"-light-1280", "light", 1280)
	}
	c.Do(chromedp.Navigate("about:blank"))
}
