package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// attack sends a request that must change nothing. b is the victim's browser, and evil the
// attacker's own session of a colleague.
type attack func(w *world, b, evil *browser) page

// forged sends the form that blocks a customer, after a change of the request.
func forged(change func(r *http.Request, form url.Values, b, evil *browser)) attack {
	return func(w *world, b, evil *browser) page {
		form := url.Values{"csrf": {b.csrf}}
		r := b.request("POST", b.url+userPath(customerID, "block"), form)
		change(r, form, b, evil)
		again := b.request("POST", r.URL.String(), form)
		again.Method, again.Header, again.Host = r.Method, r.Header, r.Host
		return b.send(again)
	}
}

func header(name, value string) attack {
	return forged(func(r *http.Request, _ url.Values, _, _ *browser) {
		if value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	})
}

func token(make func(b, evil *browser) []string) attack {
	return forged(func(_ *http.Request, form url.Values, b, evil *browser) {
		form.Del("csrf")
		for _, text := range make(b, evil) {
			form.Add("csrf", text)
		}
	})
}

// withCookie sends the form with other cookies than the browser's own.
func withCookie(cookies func(own string, evil string) string) attack {
	return func(w *world, b, evil *browser) page {
		bare := w.newBrowser()
		r := bare.request("POST", w.url+userPath(customerID, "block"), url.Values{"csrf": {b.csrf}})
		r.Header.Set("Cookie", cookies(b.cookie(), evil.cookie()))
		return bare.send(r)
	}
}

// cookie returns the name of the browser's session.
func (b *browser) cookie() string {
	b.Helper()
	address, err := url.Parse(b.url)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(address) {
		if c.Name == "console" {
			return c.Value
		}
	}
	return ""
}

func TestAttacks(t *testing.T) {
	tests := map[string]attack{
		"another site by Sec-Fetch-Site": header("Sec-Fetch-Site", "cross-site"),
		"another host of the site":       header("Sec-Fetch-Site", "same-site"),
		"an address typed by hand":       header("Sec-Fetch-Site", "none"),
		"an unknown Sec-Fetch-Site":      header("Sec-Fetch-Site", "Same-Origin"),
		"another origin":                 header("Origin", "https://evil.example"),
		"another port":                   header("Origin", "http://127.0.0.1:1"),
		"another scheme": forged(func(r *http.Request, _ url.Values, b, _ *browser) {
			r.Header.Set("Origin", strings.Replace(b.url, "http:", "https:", 1))
		}),
		"an origin that begins alike": forged(func(r *http.Request, _ url.Values, b, _ *browser) { r.Header.Set("Origin", b.url+".evil.example") }),
		"an old browser without an origin": forged(func(r *http.Request, _ url.Values, _, _ *browser) {
			r.Header.Del("Origin")
			r.Header.Del("Sec-Fetch-Site")
		}),
		"an old browser from a sandbox": header("Sec-Fetch-Site", ""),
		"an origin that Host seems to match": forged(func(r *http.Request, _ url.Values, _, _ *browser) {
			r.Host = "evil.example"
			r.Header.Set("Origin", "http://evil.example")
		}),
		"an origin from a forwarded host": forged(func(r *http.Request, _ url.Values, _, _ *browser) {
			r.Header.Set("X-Forwarded-Host", "evil.example")
			r.Header.Set("Origin", "http://evil.example")
		}),
		"an origin from Forwarded": forged(func(r *http.Request, _ url.Values, _, _ *browser) {
			r.Header.Set("Forwarded", "host=evil.example")
			r.Header.Set("Origin", "http://evil.example")
		}),
		"no token":                         token(func(_, _ *browser) []string { return nil }),
		"an empty token":                   token(func(_, _ *browser) []string { return []string{""} }),
		"a guessed token":                  token(func(b, _ *browser) []string { return []string{strings.Repeat("A", len(b.csrf))} }),
		"a shortened token":                token(func(b, _ *browser) []string { return []string{b.csrf[1:]} }),
		"a token with more":                token(func(b, _ *browser) []string { return []string{b.csrf + "A"} }),
		"the token in other letters":       token(func(b, _ *browser) []string { return []string{strings.ToLower(b.csrf)} }),
		"the attacker's token":             token(func(_, evil *browser) []string { return []string{evil.csrf} }),
		"the attacker's token first":       token(func(b, evil *browser) []string { return []string{evil.csrf, b.csrf} }),
		"the token twice":                  token(func(b, _ *browser) []string { return []string{b.csrf, b.csrf} }),
		"the name of the session as token": token(func(b, _ *browser) []string { return []string{b.cookie()} }),
		"the token in the query": forged(func(r *http.Request, form url.Values, b, _ *browser) {
			form.Del("csrf")
			r.URL.RawQuery = "csrf=" + b.csrf
		}),
		"the token in a header": forged(func(r *http.Request, form url.Values, b, _ *browser) {
			form.Del("csrf")
			r.Header.Set("X-Csrf-Token", b.csrf)
		}),
		"the token as JSON": forged(func(r *http.Request, _ url.Values, _, _ *browser) { r.Header.Set("Content-Type", "application/json") }),
		"the token as text": forged(func(r *http.Request, _ url.Values, _, _ *browser) { r.Header.Set("Content-Type", "text/plain") }),
		"a GET":             forged(func(r *http.Request, _ url.Values, _, _ *browser) { r.Method = "GET" }),
		"a HEAD":            forged(func(r *http.Request, _ url.Values, _, _ *browser) { r.Method = "HEAD" }),
		"a PUT":             forged(func(r *http.Request, _ url.Values, _, _ *browser) { r.Method = "PUT" }),
		"a GET that says it is a POST": forged(func(r *http.Request, _ url.Values, _, _ *browser) {
			r.Method = "GET"
			r.Header.Set("X-Http-Method-Override", "POST")
		}),
		"no session":                          withCookie(func(_, _ string) string { return "" }),
		"a made-up session":                   withCookie(func(own, _ string) string { return "console=" + strings.Repeat("A", len(own)) }),
		"the attacker's session":              withCookie(func(_, evil string) string { return "console=" + evil }),
		"the attacker's session first":        withCookie(func(own, evil string) string { return "console=" + evil + "; console=" + own }),
		"the attacker's session last":         withCookie(func(own, evil string) string { return "console=" + own + "; console=" + evil }),
		"the session under the name on https": withCookie(func(own, _ string) string { return "__Host-console=" + own }),
		"a session that has ended": func(w *world, b, _ *browser) page {
			old, csrf := b.cookie(), b.csrf
			b.post("/sign-out", nil)
			bare := w.newBrowser()
			r := bare.request("POST", w.url+userPath(customerID, "block"), url.Values{"csrf": {csrf}})
			r.Header.Set("Cookie", "console="+old)
			return bare.send(r)
		},
		"a session that was idle": func(w *world, b, _ *browser) page {
			w.clock.Advance(16 * time.Minute)
			return b.post(userPath(customerID, "block"), nil)
		},
		"a session from before a sign-in": func(w *world, b, _ *browser) page {
			old, csrf := b.cookie(), b.csrf
			b.signIn(supportEmail)
			bare := w.newBrowser()
			r := bare.request("POST", w.url+userPath(customerID, "block"), url.Values{"csrf": {csrf}})
			r.Header.Set("Cookie", "console="+old)
			return bare.send(r)
		},
		"a session that the attacker has chosen": func(w *world, _, _ *browser) page {
			victim := w.newBrowser()
			address, err := url.Parse(w.url)
			if err != nil {
				w.Fatal(err)
			}
			const chosen = "CHOSENBYTHEATTACKERAAAAAAA"
			victim.http.Jar.SetCookies(address, []*http.Cookie{{Name: "console", Value: chosen, Path: "/"}})
			victim.signIn(supportEmail)
			if victim.cookie() == chosen {
				w.Error("the sign-in keeps the attacker's name")
			}
			bare := w.newBrowser()
			r := bare.request("POST", w.url+userPath(customerID, "block"), url.Values{"csrf": {victim.csrf}})
			r.Header.Set("Cookie", "console="+chosen)
			return bare.send(r)
		},
		"a form that is too large": forged(func(_ *http.Request, form url.Values, _, _ *browser) { form.Set("more", strings.Repeat("x", 1<<20)) }),
		"a form that is malformed": func(w *world, b, _ *browser) page {
			r, err := http.NewRequestWithContext(w.Context(), "POST", w.url+userPath(customerID, "block"), strings.NewReader("csrf="+b.csrf+"&%zz"))
			if err != nil {
				w.Fatal(err)
			}
			r.Header = b.request("POST", w.url, nil).Header
			return b.send(r)
		},
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b, evil := w.staff(supportEmail), w.staff(auditorEmail)
			w.tenant.Tenant.ResetStats()
			got := run(w, b, evil)
			if got.status < 400 {
				t.Errorf("%d %s", got.status, got.body)
			}
			if w.isBlocked(customerID) || w.writes() != 0 {
				t.Errorf("the user was changed: %v", w.tenant.Tenant.Stats().Routes)
			}
		})
	}
	// The same form without an attack works: the table would also pass against a console that
	// refuses everything.
	w := newWorld(t)
	forged(func(*http.Request, url.Values, *browser, *browser) {})(w, w.staff(supportEmail), nil)
	if !w.isBlocked(customerID) {
		t.Error("the form itself does not work")
	}
	w = newWorld(t)
	header("Origin", w.url)(w, w.staff(supportEmail), nil)
	if !w.isBlocked(customerID) {
		t.Error("the form does not work with an origin")
	}
}

// A callback of a sign-in that began in another browser does not sign the victim in.
func TestForgedCallback(t *testing.T) {
	w := newWorld(t)
	attacker := w.newBrowser()
	attacker.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	callback := attacker.signIn(supportEmail).header.Get("Location")
	victim := w.newBrowser()
	p := victim.send(victim.request("GET", callback, nil))
	p.has(t, "began in another browser")
	if victim.cookie() != "" {
		t.Error("the victim is signed in")
	}
}

// Refusals are in the log, without IDs and addresses.
func TestLogOfRefusals(t *testing.T) {
	w := newWorld(t)
	w.staff(supportEmail).post(userPath(adminID, "block"), nil)
	text := w.log.String()
	if !strings.Contains(text, "action refused") || !strings.Contains(text, "action=block") {
		t.Errorf("the log lacks the refusal: %s", text)
	}
	for _, private := range []string{adminID, supportID, adminEmail, supportEmail, "Hedy"} {
		if strings.Contains(text, private) {
			t.Errorf("the log has %s: %s", private, text)
		}
	}
}

// What a sign-in returns to is a page of the console, never another host.
func TestOpenRedirect(t *testing.T) {
	w := newWorld(t)
	for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "/.//evil.example", "javascript:alert(1)", "/users/../../x", "/login", "/sign-out"} {
		b := w.newBrowser()
		login := b.get("/login?return_to=" + url.QueryEscape(to))
		state := stateField.FindStringSubmatch(login.body)
		if state == nil {
			t.Errorf("%s: %d %s", to, login.status, login.body)
			continue
		}
		end := b.send(b.request("POST", w.tenant.URL+"/u/login", url.Values{"state": {state[1]}, "username": {supportEmail}, "password": {"Correct-Horse-7"}}))
		if end.url != w.url+"/users" {
			t.Errorf("%s leads to %s", to, end.url)
		}
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	for _, path := range []string{"/", "/users", userPath(customerID), "/nothing", "/callback?state=x", "/users/%00", "/health"} {
		p := b.get(path)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := p.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %q: %s", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || strings.Contains(p.body, "style=") || strings.Contains(p.body, "onclick") {
			t.Errorf("%s allows inline code: %s", path, csp)
		}
	}
}
