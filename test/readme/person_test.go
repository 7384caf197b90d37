//go:build readme && chromium

package readme

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"usher/localtenant"
	"usher/test/testkit/chromium"
)

// person sits at a Chromium and does what each page asks for, until one asks
// for nothing more.
type person struct {
	t        *testing.T
	ctx      context.Context
	email    string
	password string
	social   string // the address of the account at another provider
	secret   string // of the authenticator app
	lastStep int64  // in which it gave a code; no code is taken twice
}

// newPerson starts the browser.
func newPerson(t *testing.T) *person {
	t.Helper()
	return &person{t: t, ctx: chromium.Start(t).Context}
}

// serve lets a shell send the person to a page: browse URL prints what the last
// page shows.
func (p *person) serve() (prelude string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, p.browse(r.FormValue("url")))
	}))
	p.t.Cleanup(server.Close)
	return fmt.Sprintf(`browse() { curl -sS --data-urlencode "url=$1" %s; }`, server.URL)
}

// which says what kind of page is shown. A page is known by its form.
const which = `(() => {
	if (document.readyState !== "complete") return "";
	const has = (s) => document.querySelector(s) !== null;
	if (has("#again")) return "reset";
	if (has("#secret") && has("#code")) return "enrol";
	if (has("form[action='/u/mfa-otp-challenge']")) return "challenge";
	if (has("form[action='/u/login']")) return "login";
	if (has("form[action='/u/social']")) return "social";
	return "end";
})()`

func (p *person) browse(url string) string {
	if err := chromedp.Do(p.ctx, chromedp.Navigate(url)); err != nil {
		return err.Error()
	}
	for range 10 {
		page := p.js(which)
		if page == "end" {
			return p.js(`document.body.innerText`)
		}
		if alert := p.js(`document.querySelector("[role=alert]")?.innerText || "-"`); alert != "-" {
			return alert
		}
		p.answer(page)
	}
	return "the pages never end"
}

// js reads a text by script, over and over until it is there.
func (p *person) js(script string) string {
	for p.ctx.Err() == nil {
		// An error only says that the browser is between two pages.
		if text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script)); err == nil && text != "" {
			return text
		}
		time.Sleep(20 * time.Millisecond)
	}
	return p.ctx.Err().Error()
}

// answer fills the page's form and sends it. The document that it leaves is
// marked, so that the next page is not taken for it.
func (p *person) answer(page string) {
	fields, button := map[string]string{}, "button[type=submit]"
	switch page {
	case "reset":
		fields["password"], fields["again"] = p.password, p.password
	case "enrol":
		p.secret = strings.ReplaceAll(p.js(`document.querySelector("#secret").innerText`), " ", "")
		fields["code"] = p.code()
	case "challenge":
		fields["code"] = p.code()
	case "login":
		fields["username"], fields["password"] = p.email, p.password
	case "social":
		fields["email"], button = p.social, "button[value=allow]"
	}
	for id, text := range fields {
		p.js(fmt.Sprintf(`(document.querySelector("#%s").value = "") || "emptied"`, id))
		if err := chromedp.Do(p.ctx, chromedp.SendKeys("#"+id, text)); err != nil {
			p.t.Errorf("%s page: %v", page, err)
		}
	}
	p.js(`document.documentElement.dataset.left = "yes"`)
	if err := chromedp.Do(p.ctx, chromedp.Click(button)); err != nil {
		p.t.Errorf("%s page: %v", page, err)
	}
	p.js(`document.documentElement.dataset.left ? "" : "gone"`)
}

// code is the authenticator's: of now, or of the next 30 seconds where that of
// now was used, which providers take as well.
func (p *person) code() string {
	step := max(time.Now().Unix()/30, p.lastStep+1)
	p.lastStep = step
	code, err := localtenant.TOTP(p.secret, time.Unix(step*30, 0))
	if err != nil {
		p.t.Errorf("the authenticator app: %v", err)
	}
	return code
}
