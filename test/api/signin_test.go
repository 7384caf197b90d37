package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/internal/config"
	"usher/localtenant"
)

func TestSignIn(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		callback := b.signedIn(t, "?return_to=/account%3Ftab=1")
		got := b.get(t, callback)
		wantAnswer(t, got, 200, "")
		answer := got.json(t)
		account, tokens, authentication := answer["account"].(map[string]any), answer["tokens"].(map[string]any), answer["authentication"].(map[string]any)
		if account["email"] != "ada@example.com" || account["email_verified"] != true || account["name"] != "Ada Lovelace" || account["id"] != "auth0|65e19a100000000000000001" {
			t.Errorf("account %v", account)
		}
		for _, name := range []string{"access_token", "id_token", "refresh_token"} {
			if tokens[name] == nil || tokens[name] == "" {
				t.Errorf("no %s", name)
			}
		}
		if tokens["token_type"] != "Bearer" || tokens["expires_in"].(float64) < 1 || !strings.Contains(tokens["scope"].(string), "openid") {
			t.Errorf("tokens %v", tokens)
		}
		if authentication["mfa"] != false || answer["return_to"] != "/account?tab=1" {
			t.Errorf("answer %v", answer)
		}
		if cookies := (&http.Response{Header: got.header}).Cookies(); len(cookies) != 1 || cookies[0].MaxAge != -1 || cookies[0].Value != "" {
			t.Errorf("the cookie is not cleared: %v", got.header["Set-Cookie"])
		}
		code := must(url.Parse(callback)).Query().Get("code")
		for _, secret := range []string{code, tokens["access_token"].(string), tokens["id_token"].(string), localtenant.ClientSecret} {
			if strings.Contains(s.log.String(), secret) {
				t.Error("a secret is in the log")
			}
		}
		wantAnswer(t, b.get(t, callback), 400, "state-not-from-this-browser")
	})
}

func TestSignInIsBoundToTheBrowser(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		ada, eve := newBrowser(t, s), newBrowser(t, s)
		callback := ada.signedIn(t, "")
		wantAnswer(t, eve.get(t, callback), 400, "state-not-from-this-browser")
		eve.begin(t, "") // a cookie of her own does not help her
		wantAnswer(t, eve.get(t, callback), 400, "state-not-from-this-browser")
		wantAnswer(t, ada.get(t, callback), 200, "")
	})
}

func TestParallelSignIns(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		first, second := b.signedIn(t, "?return_to=/1"), b.begin(t, "?return_to=/2&prompt=login")
		if got := b.get(t, b.signIn(t, second, "grace@example.com", localtenant.SamplePassword)).json(t); got["return_to"] != "/2" {
			t.Errorf("the second tab: %v", got)
		}
		if got := b.get(t, first).json(t); got["return_to"] != "/1" {
			t.Errorf("the first tab: %v", got)
		}
	})
}

func TestCallbackRefuses(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		good := must(url.Parse(b.begin(t, ""))).Query().Get("state")
		altered := good[:10] + map[bool]string{true: "B", false: "A"}[good[10] == 'A'] + good[11:]
		cookie := b.jar.Cookies(must(url.Parse(base)))[0]
		tests := map[string]struct {
			query  string
			status int
			code   string
		}{
			"nothing":                  {"", 400, "state-missing"},
			"a code alone":             {"code=x", 400, "state-missing"},
			"an error alone":           {"error=access_denied", 400, "state-missing"},
			"an empty state":           {"state=&code=x", 400, "state-missing"},
			"garbage":                  {"state=AAAA&code=x", 400, "state-invalid"},
			"not base64":               {"state=%3C%3E&code=x", 400, "state-invalid"},
			"an altered state":         {"state=" + altered + "&code=x", 400, "state-invalid"},
			"an altered state, error":  {"state=" + altered + "&error=access_denied", 400, "state-invalid"},
			"a cookie for a state":     {"state=" + cookie.Value + "&code=x", 400, "state-invalid"},
			"two states":               {"state=" + good + "&state=" + good + "&code=x", 400, "invalid-request"},
			"no code":                  {"state=" + good, 400, "code-missing"},
			"a wrong code":             {"state=" + good + "&code=wrong", 400, "code-refused"},
			"another issuer":           {"state=" + good + "&code=x&iss=https%3A%2F%2Fevil.example.com%2F", 400, "sign-in-refused"},
			"access_denied":            {"state=" + good + "&error=access_denied&error_description=" + theirs, 403, "access-denied"},
			"unauthorized":             {"state=" + good + "&error=unauthorized", 403, "access-denied"},
			"login_required":           {"state=" + good + "&error=login_required", 401, "login-required"},
			"interaction_required":     {"state=" + good + "&error=interaction_required", 401, "interaction-required"},
			"consent_required":         {"state=" + good + "&error=consent_required", 401, "consent-required"},
			"server_error":             {"state=" + good + "&error=server_error", 502, "sign-in-failed"},
			"temporarily_unavailable":  {"state=" + good + "&error=temporarily_unavailable", 503, "provider-unavailable"},
			"an unknown error":         {"state=" + good + "&error=" + theirs, 400, "sign-in-refused"},
			"an unknown parameter too": {"state=" + good + "&error=access_denied&session_state=1", 403, "access-denied"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/callback?"+tt.query, nil))
				r.AddCookie(cookie)
				got := s.send(t, r)
				wantAnswer(t, got, tt.status, tt.code)
				if strings.Contains(string(got.body)+s.log.String(), theirs) {
					t.Error("the provider's own words went on")
				}
			})
		}
	})
}

// A sign-in that fails tells where it was to lead: to the browser and the front-end
// that began it, and nobody else.
func TestAFailedSignInTellsWhereToBeginAgain(t *testing.T) {
	for _, w := range everyWay() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var late time.Duration
			s := start(t, w, func(s *setup) { s.now = func() time.Time { return time.Now().Add(late) } })
			s.calm(t)
			const path = "/basket?open=1"
			b, other := newBrowser(t, s), newBrowser(t, s)
			other.begin(t, "?return_to=/other")
			tests := map[string]struct {
				answer string // beside the state
				fault  localtenant.Fault
				code   string
			}{
				"denied":         {"error=access_denied", localtenant.Fault{}, "access-denied"},
				"no code":        {"", localtenant.Fault{}, "code-missing"},
				"a wrong code":   {"code=wrong", localtenant.Fault{}, "code-refused"},
				"another issuer": {"code=x&iss=https%3A%2F%2Fevil.example.com%2F", localtenant.Fault{}, "sign-in-refused"},
				"login required": {"error=login_required", localtenant.Fault{}, "login-required"},
				"an odd answer":  {"code=x", localtenant.Fault{Status: 200, Body: "{}"}, "provider-failed"},
				"no ID token":    {"code=x", localtenant.Fault{Status: 200, Body: `{"access_token":"a","token_type":"Bearer"}`}, "id-token-invalid"},
				"the limit":      {"code=x", localtenant.Fault{Status: 429, Reset: time.Now().Add(never)}, "too-many-requests"},
				"the provider":   {"code=x", localtenant.Fault{Status: 503}, "provider-unavailable"},
			}
			for name, tt := range tests {
				t.Run(name, func(t *testing.T) {
					state := "state=" + url.QueryEscape(must(url.Parse(b.begin(t, "?return_to="+url.QueryEscape(path)))).Query().Get("state"))
					if tt.fault.Status != 0 {
						tt.fault.Route = "POST /oauth/token"
						s.tenant.Tenant.Fail(tt.fault)
						defer s.tenant.Tenant.ClearFaults()
					}
					target := "/callback?" + tt.answer + "&" + state
					wantReturnTo(t, other.get(t, target), "state-not-from-this-browser", nil)
					wantReturnTo(t, b.get(t, target+"x"), "state-invalid", nil)
					wantReturnTo(t, b.get(t, target), tt.code, path)
				})
			}
			bare := must(url.Parse(b.begin(t, ""))).Query().Get("state")
			wantReturnTo(t, b.get(t, "/callback?error=access_denied&state="+url.QueryEscape(bare)), "access-denied", nil)
			callback := b.signedIn(t, "?return_to="+url.QueryEscape(path))
			late = 10*time.Minute + time.Second
			wantReturnTo(t, other.get(t, callback), "state-expired", nil)
			wantReturnTo(t, b.get(t, callback), "state-expired", path)
			wantReturnTo(t, s.as(t, "GET", "/users?limit=0", ""), "invalid-request", nil)
		})
	}
}

func wantReturnTo(t *testing.T, got answer, code string, path any) {
	t.Helper()
	if told := got.json(t); told["code"] != code || told["return_to"] != path {
		t.Errorf("%s, want %s and %v", got.body, code, path)
	}
}

func TestStateExpires(t *testing.T) {
	for _, w := range everyWay() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var late time.Duration
			s := start(t, w, func(s *setup) { s.now = func() time.Time { return time.Now().Add(late) } })
			b := newBrowser(t, s)
			callback := b.signedIn(t, "")
			late = 10*time.Minute + time.Second
			wantAnswer(t, b.get(t, callback), 400, "state-expired")
		})
	}
}

func TestCookieIsSmallAndFits(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		longest := "/" + strings.Repeat("a", 255)
		for redirectURI, prefix := range map[string]string{
			"https://app.example.com/callback": "__Host-usher-",
			base + "/callback":                 "usher-",
		} {
			got := s.call("GET", "/login?redirect_uri="+url.QueryEscape(redirectURI)+"&return_to="+longest, "")
			wantAnswer(t, got, 302, "")
			header := got.header.Get("Set-Cookie")
			if len(header) > 700 {
				t.Errorf("the cookie has %d bytes", len(header))
			}
			secure := strings.Contains(header, "; Secure")
			if !strings.HasPrefix(header, prefix) || secure != strings.HasPrefix(redirectURI, "https") {
				t.Errorf("for %s: %s", redirectURI, header)
			}
			for _, attribute := range []string{"; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=600"} {
				if !strings.Contains(header, attribute) {
					t.Errorf("%s lacks %s", header, attribute)
				}
			}
			if strings.Contains(header, "Domain") {
				t.Errorf("%s names a domain", header)
			}
		}
	})
}

// A plain cookie, which another host of the site can plant, does not pass for
// a __Host- one.
func TestPlainCookieDoesNotStandInForAHostCookie(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		got := s.call("GET", "/login?redirect_uri="+url.QueryEscape("https://app.example.com/callback"), "")
		cookie := (&http.Response{Header: got.header}).Cookies()[0]
		state := must(url.Parse(got.header.Get("Location"))).Query().Get("state")
		for name, code := range map[string]string{cookie.Name: "code-refused", strings.TrimPrefix(cookie.Name, "__Host-"): "state-not-from-this-browser"} {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/callback?code=x&state="+state, nil))
			r.AddCookie(&http.Cookie{Name: name, Value: cookie.Value})
			wantAnswer(t, s.send(t, r), 400, code)
		}
	})
}

func TestLoginPassesOnWhatItKnows(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		query := url.Values{
			"redirect_uri": {"https://app.example.com/callback"}, "connection": {"github"}, "screen_hint": {"signup"},
			"login_hint": {"ada@example.com"}, "prompt": {"login"}, "ui_locales": {"fr-CA en"},
		}
		got := must(url.Parse(newBrowser(t, s).begin(t, "?"+query.Encode()))).Query()
		for name, values := range query {
			if got.Get(name) != values[0] {
				t.Errorf("%s is %q", name, got.Get(name))
			}
		}
		if got.Get("client_id") != localtenant.ClientID || got.Get("response_type") != "code" || got.Get("code_challenge_method") != "S256" ||
			len(got.Get("code_challenge")) != 43 || got.Get("nonce") == "" || got.Get("scope") != config.DefaultScopes {
			t.Errorf("asked with %v", got)
		}
		if strings.Contains(s.log.String(), "ada@example.com") {
			t.Error("the address is in the log")
		}
	})
}

func TestLoginChoosesTheRedirectURI(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for host, want := range map[string]string{
			"localhost:3000":      "http://localhost:3000/callback",
			"127.0.0.1:3000":      base + "/callback",
			"APP.example.com":     "https://app.example.com/callback",
			"unknown.example.com": base + "/callback",
		} {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/login", nil))
			got := must(url.Parse(s.send(t, r).header.Get("Location"))).Query().Get("redirect_uri")
			if got != want {
				t.Errorf("on %s it is %s", host, got)
			}
		}
	})
}

func TestLoginRefuses(t *testing.T) {
	tests := map[string]string{
		"redirect_uri=https://evil.example.com/callback":             "redirect_uri",
		"redirect_uri=http://127.0.0.1:3000/callback/":               "redirect_uri",
		"redirect_uri=http://127.0.0.1:3000/Callback":                "redirect_uri",
		"redirect_uri=http://127.0.0.1:3000/callback%3Fa=b":          "redirect_uri",
		"return_to=https://evil.example.com/":                        "return_to",
		"return_to=//evil.example.com/":                              "return_to",
		"return_to=" + url.QueryEscape(`/\evil.example.com`):         "return_to",
		"return_to=" + url.QueryEscape("/\t/evil.example.com"):       "return_to",
		"return_to=account":                                          "return_to",
		"return_to=" + url.QueryEscape("/.//evil.example.com"):       "return_to",
		"return_to=" + url.QueryEscape("/%2e//evil.example.com"):     "return_to",
		"return_to=" + url.QueryEscape("/%2Fevil.example.com"):       "return_to",
		"return_to=/a/../b":                                          "return_to",
		"return_to=/" + strings.Repeat("a", 256):                     "return_to",
		"connection=" + url.QueryEscape("a b"):                       "connection",
		"screen_hint=login-page":                                     "screen_hint",
		"prompt=maybe":                                               "prompt",
		"login_hint=" + url.QueryEscape("a\nb"):                      "login_hint",
		"ui_locales=" + url.QueryEscape("<script>"):                  "ui_locales",
		"audience=https://example.com":                               "audience",
		"prompt=login&prompt=none":                                   "prompt",
		"redirect_uri=" + url.QueryEscape("https://app.example.com"): "redirect_uri",
	}
	eachWay(t, func(t *testing.T, s *service) {
		for query, field := range tests {
			t.Run(query, func(t *testing.T) {
				got := s.as(t, "GET", "/login?"+query, "")
				wantAnswer(t, got, 400, "invalid-request")
				if !strings.Contains(string(got.body), `"field":"`+field+`"`) {
					t.Errorf("%s does not name %s", got.body, field)
				}
				if got.header.Get("Location") != "" || got.header.Get("Set-Cookie") != "" {
					t.Error("it redirects all the same")
				}
			})
		}
	})
}

// Without a binding the callback needs no cookie, and is still single-use.
func TestUnboundSignIn(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		got := b.get(t, "/login?return_to=/x")
		if got.header.Get("Set-Cookie") != "" {
			t.Error("a cookie was set")
		}
		callback := b.signIn(t, got.header.Get("Location"), "ada@example.com", localtenant.SamplePassword)
		answer := newBrowser(t, s).get(t, callback)
		wantAnswer(t, answer, 200, "")
		if answer.json(t)["return_to"] != "/x" {
			t.Errorf("answered %s", answer.body)
		}
		wantReturnTo(t, newBrowser(t, s).get(t, callback), "code-refused", "/x")
	}, func(s *setup) {
		s.config.Binding = config.BindingNone
		s.config.RedirectURIs = s.config.RedirectURIs[:2]
	})
}

// Where the provider fails, the cookie stays, so that the browser can try the
// same callback again.
func TestCallbackSurvivesTheProvider(t *testing.T) {
	for name, tt := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, s *service) {
				b := newBrowser(t, s)
				callback := b.signedIn(t, "")
				s.calm(t)
				fault := tt.fault
				fault.Route = "POST /oauth/token"
				s.tenant.Tenant.Fail(fault)
				b.s = s.before(fault)
				got := b.get(t, callback)
				b.s = s
				status, code := tt.status, tt.code
				switch tt.fault.Status {
				case 400, 418:
					status, code = 400, "code-refused"
				}
				if tt.fault.Kind == localtenant.FaultResetBody { // the code is spent
					status, code = 502, "provider-failed"
				}
				wantAnswer(t, got, status, code)
				if strings.Contains(string(got.body)+s.log.String(), theirs) {
					t.Error("the provider's own words went on")
				}
				if kept := got.header.Get("Set-Cookie") == ""; kept != (status >= 500 || status == 429) {
					t.Errorf("after %d the cookie is kept: %t", status, kept)
				}
				s.tenant.Tenant.ClearFaults()
				if status == 503 && tt.fault.Status == 503 { // the code was not looked at
					wantAnswer(t, b.get(t, callback), 200, "")
				}
			})
		})
	}
}

func TestCallbackSurvivesMissingKeys(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		callback := b.signedIn(t, "")
		s.calm(t)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /.well-known/jwks.json", Status: 500})
		wantAnswer(t, b.get(t, callback), 502, "provider-failed")
	})
}
