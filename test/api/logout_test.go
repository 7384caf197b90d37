package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

func TestLogout(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for name, hint := range map[string]bool{"with a hint": true, "without": false} {
			t.Run(name, func(t *testing.T) {
				b, other := newBrowser(t, s), newBrowser(t, s)
				token := b.tokens(t)["id_token"].(string)
				other.tokens(t)
				query := url.Values{"post_logout_redirect_uri": {base + "/"}, "state": {"a b&c=é"}}
				if hint {
					query.Set("id_token_hint", token)
				}
				got := b.get(t, "/logout?"+query.Encode())
				wantAnswer(t, got, 302, "")
				location := got.header.Get("Location")
				if got.json(t)["location"] != location {
					t.Errorf("the body tells %s", got.body)
				}
				end := must(url.Parse(b.untilCallback(t, must(b.web.Get(location)))))
				if state := end.Query().Get("state"); state != "a b&c=é" || !strings.HasPrefix(end.String(), base+"/?") {
					t.Errorf("it ends at %s", end)
				}
				wantAnswer(t, b.quietly(t), 401, "login-required")
				wantAnswer(t, other.quietly(t), 200, "")
				if strings.Contains(s.log.String(), token) {
					t.Error("the hint is in the log")
				}
			})
		}
	})
}

func TestLogoutChoosesTheRedirectURI(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for host, want := range map[string]string{
			"localhost:3000":      "http://localhost:3000/",
			"127.0.0.1:3000":      base + "/",
			"APP.example.com":     "https://app.example.com/bye?from=app",
			"unknown.example.com": base + "/",
		} {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/logout", nil))
			got := must(url.Parse(s.send(t, r).header.Get("Location"))).Query()
			if got.Get("post_logout_redirect_uri") != want || got.Get("client_id") != localtenant.ClientID || len(got) != 2 {
				t.Errorf("on %s: %v", host, got)
			}
		}
	})
}

// Without a list there is nowhere to go, and the provider's page stays.
func TestLogoutToNowhere(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		b.tokens(t)
		got := b.get(t, "/logout")
		wantAnswer(t, got, 302, "")
		resp := must(b.web.Get(got.header.Get("Location")))
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("the provider answered %d", resp.StatusCode)
		}
		wantAnswer(t, b.quietly(t), 401, "login-required")
		s.want(s.call("GET", "/logout?post_logout_redirect_uri="+url.QueryEscape(base+"/"), ""), 400, "invalid-request")
	}, func(s *setup) { s.config.LogoutURIs = nil })
}

func TestLogoutRefuses(t *testing.T) {
	tests := map[string]string{
		"post_logout_redirect_uri=https://evil.example.com/":                    "post_logout_redirect_uri",
		"post_logout_redirect_uri=http://127.0.0.1:3000":                        "post_logout_redirect_uri",
		"post_logout_redirect_uri=http://127.0.0.1:3000/callback":               "post_logout_redirect_uri",
		"post_logout_redirect_uri=HTTP://127.0.0.1:3000/":                       "post_logout_redirect_uri",
		"post_logout_redirect_uri=https://app.example.com/bye":                  "post_logout_redirect_uri",
		"post_logout_redirect_uri=https://app.example.com/bye%3Ffrom=app%26a=b": "post_logout_redirect_uri",
		"id_token_hint=opaque":                                                  "id_token_hint",
		"id_token_hint=a.b.c.d.e":                                               "id_token_hint",
		"id_token_hint=a.b." + strings.Repeat("c", 6<<10):                       "id_token_hint",
		"id_token_hint=":                    "id_token_hint",
		"state=a%0Ab":                       "state",
		"state=" + strings.Repeat("a", 257): "state",
		"returnTo=http://127.0.0.1:3000/":   "returnTo",
		"post_logout_redirect_uri=http://127.0.0.1:3000/&post_logout_redirect_uri=b":   "post_logout_redirect_uri",
		"post_logout_redirect_uri=" + url.QueryEscape("http://127.0.0.1:3000/\t/evil"): "post_logout_redirect_uri",
	}
	eachWay(t, func(t *testing.T, s *service) {
		for query, field := range tests {
			t.Run(query[:min(len(query), 60)], func(t *testing.T) {
				got := s.as(t, "GET", "/logout?"+query, "")
				wantAnswer(t, got, 400, "invalid-request")
				if !strings.Contains(string(got.body), `"field":"`+field+`"`) || got.header.Get("Location") != "" {
					t.Errorf("%s, to %q", got.body, got.header.Get("Location"))
				}
			})
		}
	})
}
