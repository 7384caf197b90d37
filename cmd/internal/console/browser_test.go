//go:build chromium

package console_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"usher/localtenant"
	"usher/test/testkit/chromium"
)

// chrome is a Chromium in which a page's errors fail the test.
type chrome struct {
	*chromium.Browser
	w *world
}

func (w *world) chromium() chrome {
	w.Helper()
	b := chrome{chromium.Start(w.T), w}
	var mu sync.Mutex
	err := chromedp.Listen(b.Context, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError && !strings.Contains(ev.Entry.Text, "status of 404") && !strings.Contains(ev.Entry.Text, "status of 409") && !strings.Contains(ev.Entry.Text, "status of 422") {
				w.Errorf("the browser reports %s %s", ev.Entry.Text, ev.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			w.Errorf("a script fails: %s", ev.ExceptionDetails.Text)
		}
	})
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// signIn signs a person in from the start page.
func (b chrome) signIn(email string) {
	b.Helper()
	b.Open(b.w.url + "/")
	b.Click(`a[href="/login"]`)
	b.Sees("Password")
	b.Fill("username", email)
	b.Fill("password", localtenant.SamplePassword)
	b.Click(`button[type=submit]`)
	b.Sees("All users")
}

// find finds a user by text and opens their page.
func (b chrome) find(text, label string) {
	b.Helper()
	b.Open(b.w.url + "/users")
	b.Fill("q", text)
	b.Click(`form.search button[type=submit]`)
	b.Sees("Found")
	b.Click(`a.row`)
	b.Sees(label)
}

// open opens one of the disclosures with a form. It waits until the form has its place on the page,
// because a click before that misses it.
func (b chrome) open(form string) {
	b.Helper()
	b.Click(`details:has(form[action$="` + form + `"]) > summary`)
	b.Read(`document.querySelector('form[action$="` + form + `"]').closest("details").open ? "open" : ""`)
}

// submit sends the form of an action.
func (b chrome) submit(form string) {
	b.Helper()
	b.Click(`form[action$="` + form + `"] button[type=submit]`)
}

func TestFindAndBlock(t *testing.T) {
	w := newWorld(t)
	b := w.chromium()
	b.signIn(supportEmail)
	b.find("ada", "Ada Lovelace")
	b.open("/block")
	b.submit("/block")
	b.Sees("The user is blocked and signed out everywhere.")
	b.Read(`document.activeElement.matches(".notice.good") ? "the result has the focus" : ""`)
	if !w.isBlocked(customerID) {
		t.Error("the tenant has not blocked the user")
	}
	b.open("/unblock")
	b.submit("/unblock")
	b.Sees("The user is no longer blocked")
	if w.isBlocked(customerID) {
		t.Error("the tenant still blocks the user")
	}
	b.Read(`document.querySelector("time").textContent.includes("UTC (") ? "local time" : ""`)
	b.Click(`.me summary`)
	b.Click(`form[action="/sign-out"] button`)
	b.Sees("Sign in to the console")
}

// Links and codes are shown once, with a button that copies them.
func TestHelpWithCredentials(t *testing.T) {
	w := newWorld(t)
	w.setUser(customerID, map[string]any{"email_verified": false})
	w.addFactors(customerID)
	b := w.chromium()
	b.signIn(supportEmail)
	b.find("ada", "Ada Lovelace")
	for _, mail := range []struct{ form, kind, told string }{
		{"/password-mail", "reset_email", "a link to set a password to ada"}, {"/verification-mail", "verify_email", "a link to verify the address to ada"},
	} {
		b.open(mail.form)
		b.submit(mail.form)
		b.Sees(mail.told)
		if w.mails(mail.kind, customerEmail) != 1 {
			t.Errorf("the tenant has sent %v", w.tenant.Tenant.Outbox())
		}
	}
	for _, link := range []string{"/password-link", "/verification-link"} {
		b.open(link)
		b.submit(link)
		if address := b.Read(`document.querySelector("#credential")?.textContent ?? ""`); !strings.HasPrefix(address, w.tenant.URL+"/u/") {
			t.Errorf("the link is %s", address)
		}
		b.Read(`document.querySelector("button[data-copy=credential]").hidden ? "" : "a button"`)
		b.Click(`section a.button`)
		b.Sees("Actions")
	}
	b.Back()
	if shown := b.Read(`document.querySelector(".tabs a[aria-current]") ? "" : document.body.innerText`); strings.Contains(shown, "ticket=") {
		t.Errorf("the history has the link: %s", shown)
	}
	b.Open(w.url + userPath(customerID, "factors"))
	b.open("/recovery-code")
	b.submit("/recovery-code")
	b.Read(`document.querySelector("#credential")?.textContent ?? ""`)
	b.Click(`section a.button`)
	b.open("/remove-factor")
	b.submit("/remove-factor")
	b.Sees("The factor is removed.")
	b.open("/remove-factors")
	b.submit("/remove-factors")
	b.Sees("All factors are removed")
	if left := w.factors(customerID); len(left) != 0 {
		t.Errorf("the tenant still has %v", left)
	}
}

func TestEndSessionsAndBlocks(t *testing.T) {
	w := newWorld(t)
	w.tenantSignIn(customerEmail, localtenant.SamplePassword)
	w.tenantSignIn(customerEmail, localtenant.SamplePassword)
	w.failSignIns(customerEmail)
	b := w.chromium()
	b.signIn(supportEmail)
	b.find("ada", "Ada Lovelace")
	b.Click(`.tabs a[href$="/sessions"]`)
	b.open("/end-session")
	b.submit("/end-session")
	b.Sees("The session has ended.")
	if left := len(w.sessions(customerID)); left != 1 {
		t.Errorf("%d sessions are left", left)
	}
	b.open("/end-sessions")
	b.submit("/end-sessions")
	b.Sees("The user is signed in nowhere.")
	if left := len(w.sessions(customerID)); left != 0 {
		t.Errorf("%d sessions are left", left)
	}
	b.Click(`.tabs a[href$="/history"]`)
	b.Sees("A sign-in failed because of a wrong password")
	b.submit("/lift-login-blocks")
	b.Sees("All blocks after wrong passwords are lifted.")
	if w.loginBlocks(customerID) != 0 {
		t.Error("the tenant still blocks sign-ins")
	}
}

func TestManage(t *testing.T) {
	w := newWorld(t)
	b := w.chromium()
	b.signIn(adminEmail)
	b.find("ada", "Ada Lovelace")
	b.Click(`.tabs a[href$="/edit"]`)
	b.Fill("name", strings.Repeat("W", 301))
	b.submit("/edit")
	b.Read(`document.activeElement.matches(".notice.bad") ? "the summary has the focus" : ""`)
	b.Click(`.notice a[href="#name"]`)
	b.Read(`document.activeElement.id === "name" ? "the input has the focus" : ""`)
	b.Fill("name", "Ada King")
	b.submit("/edit")
	b.Sees("The profile is changed.")
	if got := w.user(customerID)["name"]; got != "Ada King" {
		t.Errorf("the name is %v", got)
	}

	b.Click(`.tabs a[href$="/roles"]`)
	b.Click(`label[for="role-rol_Local00000000001"]`)
	b.submit("/set-roles")
	b.Sees("The roles are set.")
	if got := w.roles(customerID); len(got) != 1 || got[0] != "admin" {
		t.Errorf("the roles are %q", got)
	}

	for section, member := range map[string]string{"/metadata": "user_metadata", "/app-metadata": "app_metadata"} {
		b.Click(`.tabs a[href$="` + section + `"]`)
		b.Sees("Continue")
		b.Fill("json", `{"theme":"dark"}`)
		b.Click(`button[value=review]`)
		b.Sees("Check your changes")
		b.Click(`button[value=edit]`)
		b.Sees("Continue")
		b.Click(`button[value=review]`)
		b.Sees("Check your changes")
		b.Click(`button[value=save]`)
		b.Sees("the new values are stored")
		if got, _ := w.user(customerID)[member].(map[string]any); len(got) != 1 || got["theme"] != "dark" {
			t.Errorf("%s is %v", member, got)
		}
	}
	b.Click(`.tabs a[href$="/identities"]`)
	b.Sees("Possible duplicates")

	b.Click(`header a[href="/invite"]`)
	b.Fill("email", "mia@example.com")
	b.Click(`label[for=how-link]`)
	b.Click(`form[action="/invite"] button[type=submit]`)
	if link := b.Read(`document.querySelector("#credential")?.textContent ?? ""`); !strings.HasPrefix(link, w.tenant.URL+"/u/reset-password?ticket=") {
		t.Errorf("the invitation is %s", link)
	}
	id := w.idOf("mia@example.com")
	b.Open(w.url + userPath(id))
	b.open("/delete")
	b.Fill("confirm", "mia@example.com")
	b.submit("/delete")
	b.Sees("The user mia@example.com is deleted.")
	if w.user(id) != nil {
		t.Error("the tenant still has the user")
	}
}

// Everything works without JavaScript; here a browser finds and blocks a user.
func TestWithoutJavaScript(t *testing.T) {
	w := newWorld(t)
	b := w.chromium()
	b.noScripts()
	b.signIn(supportEmail)
	b.find("ada", "Ada Lovelace")
	if shown := b.Read(`document.querySelector("time").textContent`); strings.Contains(shown, "local time") {
		t.Errorf("the script of the page runs: %s", shown)
	}
	b.open("/block")
	b.submit("/block")
	b.Sees("The user is blocked and signed out everywhere.")
	if !w.isBlocked(customerID) {
		t.Error("the tenant has not blocked the user")
	}
}

// noScripts switches JavaScript off.
func (b chrome) noScripts() {
	b.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}
