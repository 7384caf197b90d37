package localtenant_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"usher/localtenant/devpages"
	"usher/localtenant/tenanttest"
)

// effect is a form, with what a developer types into it, and the control request with the same effect.
type effect struct {
	form         url.Values // merged with what the form shows; nil values are emptied
	method, path string
	body         any
}

// effects are the documented effects by form, below devpages.Root.
var effects = map[string][]effect{
	"overview/clear-stats": {{nil, "DELETE", "/_tenant/stats", nil}},
	"overview/reset":       {{nil, "POST", "/_tenant/reset", nil}},
	"mails/clear":          {{nil, "DELETE", "/_tenant/outbox", nil}},
	"faults/clear":         {{nil, "DELETE", "/_tenant/faults", nil}},
	"faults/add": {
		{url.Values{"route": {"GET /api/v2/users"}, "times": {"1"}, "status": {"429"}, "reset": {"2030-01-01T00:00:00Z"}}, "POST", "/_tenant/faults",
			map[string]any{"route": "GET /api/v2/users", "times": 1, "status": 429, "reset": "2030-01-01T00:00:00Z"}},
		{url.Values{"probability": {"0.05"}, "kind": {"reset"}}, "POST", "/_tenant/faults", map[string]any{"probability": 0.05, "kind": "reset"}},
		{url.Values{"route": {"POST /oauth/token"}, "delay": {"250ms"}}, "POST", "/_tenant/faults", map[string]any{"route": "POST /oauth/token", "delay": "250ms"}},
		{url.Values{"status": {" 503 "}, "every": {"3"}, "body": {"one\r\n two"}, "header": {"X-One: a\r\nX-One:b\r\n\r\nRetry-After : 5:6"}}, "POST", "/_tenant/faults",
			map[string]any{"status": 503, "every": 3, "body": "one\n two", "header": map[string]any{"X-One": []string{"a", "b"}, "Retry-After": []string{"5:6"}}}},
	},
	"clock/advance": {
		{url.Values{"advance": {"24h"}}, "POST", "/_tenant/clock", map[string]any{"advance": "24h"}},
		{url.Values{"advance": {"-90m"}}, "POST", "/_tenant/clock", map[string]any{"advance": "-90m"}},
	},
	"clock/set": {{url.Values{"set": {"2030-01-01T00:00:00Z"}}, "POST", "/_tenant/clock", map[string]any{"set": "2030-01-01T00:00:00Z"}}},
	"limits/save": {
		{url.Values{"plan": {"enterprise"}, "index_lag": {"500ms"}, "shared_deletes": {"on"}}, "PATCH", "/_tenant/settings",
			map[string]any{"plan": "enterprise", "index_lag": "500ms", "shared_deletes": true}},
		{url.Values{"no_sessions": {"on"}, "limit_headers": {"none"}}, "PATCH", "/_tenant/settings", map[string]any{"no_sessions": true, "limit_headers": "none"}},
	},
	"quirks/save": {{url.Values{"quirks": {"on"}}, "PATCH", "/_tenant/settings", map[string]any{"quirks": true}}},
	"imports/save": {
		{url.Values{"imports.per_job": {"5s"}, "imports.per_user": {"100ms"}, "imports.limit": {"2"}}, "PATCH", "/_tenant/settings",
			map[string]any{"imports": map[string]any{"per_job": "5s", "per_user": "100ms", "limit": 2}}},
		{url.Values{"imports.limit": {"1"}}, "PATCH", "/_tenant/settings", map[string]any{"imports": map[string]any{"limit": 1}}},
		{url.Values{"imports.fail": {"1"}, "imports.fail_after": {"10"}}, "PATCH", "/_tenant/settings", map[string]any{"imports": map[string]any{"fail": 1, "fail_after": 10}}},
	},
	"signin/mfa": {
		{url.Values{"mfa": {"always"}, "mfa_action": {"deployed"}, "factors": {"otp", "sms"}}, "PATCH", "/_tenant/settings",
			map[string]any{"mfa": "always", "mfa_action": "deployed", "factors": []string{"otp", "sms"}}},
		{url.Values{"factors": nil}, "PATCH", "/_tenant/settings", map[string]any{"factors": []string{}}},
	},
	"signin/passwords": {{url.Values{
		"password_policy.level": {"excellent"}, "password_policy.min_length": {"12"}, "password_policy.history": {"3"},
		"password_policy.dictionary": {"on"}, "password_policy.no_user_info": {"on"}, "password_policy.max_length_exceeded": {"error"},
	}, "PATCH", "/_tenant/settings", map[string]any{"password_policy": map[string]any{
		"level": "excellent", "min_length": 12, "history": 3, "dictionary": true, "no_user_info": true, "max_length_exceeded": "error",
	}}}},
	"signin/sessions": {{url.Values{
		"session_idle": {"1h"}, "session_maximum": {"2h"}, "authorization_response_iss": {"on"}, "repeat_nonce": {"on"}, "no_offline_access": {"on"},
	}, "PATCH", "/_tenant/settings", map[string]any{
		"session_idle": "1h", "session_maximum": "2h", "authorization_response_iss": true, "repeat_nonce": true, "no_offline_access": true,
	}}},
	"signin/application": {
		{url.Values{"application.rotate_refresh_tokens": {"on"}, "application.id_token_lifetime": {"5m"}}, "PATCH", "/_tenant/settings",
			map[string]any{"application": map[string]any{"rotate_refresh_tokens": true, "id_token_lifetime": "5m"}}},
		{url.Values{"application.logout_urls": {"http://127.0.0.1:3000/\r\n\r\n https://app.example.com/bye \r\n"}, "application.scopes": nil, "application.app_type": {"spa"}}, "PATCH", "/_tenant/settings",
			map[string]any{"application": map[string]any{"logout_urls": []string{"http://127.0.0.1:3000/", "https://app.example.com/bye"}, "scopes": []string{}, "app_type": "spa"}}},
	},
	"users/add": {
		{url.Values{"user_id": {"auth0|mary"}, "email": {"mary@example.com"}, "password": {" x "}, "created_at": {"2020-01-01T00:00:00Z"}}, "POST", "/_tenant/users",
			map[string]any{"user_id": "auth0|mary", "email": "mary@example.com", "password": " x ", "created_at": "2020-01-01T00:00:00Z"}},
		{url.Values{"user_id": {"github|1"}, "email": {"m@example.com"}, "connection": {"github"}, "name": {"Mary"}, "email_verified": {"on"}, "blocked": {"on"},
			"user_metadata": {`{"n": 12345678901234567890}`}, "app_metadata": {"{}"}}, "POST", "/_tenant/users",
			map[string]any{"user_id": "github|1", "email": "m@example.com", "connection": "github", "name": "Mary", "email_verified": true, "blocked": true,
				"user_metadata": map[string]any{"n": json.Number("12345678901234567890")}, "app_metadata": map[string]any{}}},
	},
	"keys/rotate-secret": {{url.Values{"secret": {"a-new-secret"}, "during": {"30s"}}, "POST", "/_tenant/rotate-secret", map[string]any{"secret": "a-new-secret", "during": "30s"}}},
	"keys/rotate-key":    {{nil, "POST", "/_tenant/rotate-key", nil}},
	"keys/save":          {{url.Values{"secret_lag": {"30s"}, "secret_nodes": {"request"}}, "PATCH", "/_tenant/settings", map[string]any{"secret_lag": "30s", "secret_nodes": "request"}}},
}

// Every form has the effect of its control route.
func TestDevFormsHaveTheEffectsOfTheControlRoutes(t *testing.T) {
	want := slices.Sorted(maps.Keys(effects))
	var got []string
	for _, path := range devForms(newDevTenant(t)) {
		got = append(got, strings.TrimPrefix(path, devpages.Root))
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("forms with (-) and in all (+) an effect here:\n%s", diff)
	}
	for name, list := range effects {
		for _, e := range list {
			now := newClock()
			byForm, byRoute := startEffects(t, now), startEffects(t, now)
			before := stateOf(t, byForm)
			page, formName, _ := strings.Cut(name, "/")
			if page == "overview" {
				page = ""
			}
			resp, _ := submits(t, byForm, devpages.Root+name, filled(t, byForm, page, devpages.Root+name, e.form))
			if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != devpages.Root+page+"?done="+formName {
				t.Errorf("%s: %d to %s", name, resp.StatusCode, resp.Header.Get("Location"))
				continue
			}
			if status, body := (&api{t: t, url: byRoute.URL}).call(e.method, e.path, e.body); status >= 300 {
				t.Fatalf("%s %s: %d %v", e.method, e.path, status, body)
			}
			after := stateOf(t, byForm)
			if diff := cmp.Diff(stateOf(t, byRoute), after); diff != "" {
				t.Errorf("%s %v: by the route (-) and by the form (+):\n%s", name, e.form, diff)
			}
			if cmp.Equal(before, after) {
				t.Errorf("%s %v has no effect", name, e.form)
			}
			if _, root := shows(t, byForm, resp.Header.Get("Location")); !slices.ContainsFunc(elements(root, "p"), func(n *html.Node) bool {
				return attribute(n, "role") == "status" && text(n) != ""
			}) {
				t.Errorf("%s: no message", name)
			}
		}
	}
}

// startEffects starts a tenant in which each form has something to do. Two of them are the same.
func startEffects(t *testing.T, now clock) *tenanttest.Server {
	t.Helper()
	s := tenanttest.Start(t, now.option)
	newAPI(t, s).obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": ada}, 201)
	(&api{t: t, url: s.URL}).obj("POST", "/_tenant/faults", map[string]any{"route": "GET /userinfo", "status": 500}, 204)
	return s
}

// filled is what a browser sends of a form with some fields filled in.
func filled(t *testing.T, s *tenanttest.Server, page, action string, typed url.Values) url.Values {
	t.Helper()
	_, root := shows(t, s, devpages.Root+page)
	form := url.Values{}
	for _, f := range elements(root, "form") {
		if attribute(f, "action") != action {
			continue
		}
		if method := attribute(f, "method"); method != "post" {
			t.Fatalf("the method of %s is %q", action, method)
		}
		for _, n := range elements(f, "") {
			name := attribute(n, "name")
			switch {
			case n.Data == "input" && attribute(n, "type") == "checkbox":
				if hasAttribute(n, "checked") {
					form.Add(name, attribute(n, "value"))
				}
			case n.Data == "input":
				form.Set(name, attribute(n, "value"))
			case n.Data == "textarea":
				form.Set(name, text(n))
			case n.Data == "select":
				for _, o := range elements(n, "option") {
					if !form.Has(name) || hasAttribute(o, "selected") {
						form.Set(name, attribute(o, "value"))
					}
				}
			}
		}
		for name := range typed {
			if !slices.ContainsFunc(elements(f, ""), func(n *html.Node) bool { return attribute(n, "name") == name }) {
				t.Fatalf("%s has no field %s", action, name)
			}
		}
		maps.Copy(form, typed)
		return form
	}
	t.Fatalf("no form %s on %s", action, page)
	return nil
}

// stateOf is all that control routes and users can see of a tenant, but for what is random.
func stateOf(t *testing.T, s *tenanttest.Server) map[string]any {
	t.Helper()
	a, out := &api{t: t, url: s.URL}, map[string]any{}
	for _, name := range []string{"stats", "outbox", "log", "faults", "clock", "settings"} {
		out[name] = a.obj("GET", "/_tenant/"+name, nil, 200)
	}
	for _, m := range out["outbox"].(map[string]any)["messages"].([]any) {
		m.(map[string]any)["link"] = "" // has a random ticket
	}
	out["stats"].(map[string]any)["connections"] = 0 // of the test's transport
	_, keys := shows(t, s, devpages.Root+"keys")     // a page, because the statistics count a request for a token
	out["keys"] = text(elements(keys, "dl")[0])
	_, users := shows(t, s, devpages.Root+"users")
	for _, n := range elements(elements(users, "tbody")[0], "a") {
		_, user := shows(t, s, attribute(n, "href"))
		out[attribute(n, "href")] = text(elements(user, "pre")[0])
	}
	return out
}

// The fields of all forms are all settings, each once.
func TestDevFormsHaveAllSettings(t *testing.T) {
	s := newDevTenant(t)
	var settings map[string]any
	text, err := json.Marshal(s.Tenant.Settings())
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for name, value := range settings {
		group, ok := value.(map[string]any)
		for inner := range group {
			want = append(want, name+"."+inner)
		}
		if !ok {
			want = append(want, name)
		}
	}
	for _, page := range []string{"limits", "quirks", "imports", "signin", "keys"} {
		_, root := shows(t, s, devpages.Root+page)
		names := map[string]bool{}
		for _, n := range elements(root, "") {
			if name := attribute(n, "name"); slices.Contains([]string{"input", "select", "textarea"}, n.Data) && name != "secret" && name != "during" {
				names[name] = true
			}
		}
		got = slices.AppendSeq(got, maps.Keys(names))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-) and fields (+):\n%s", diff)
	}
}

// A form that shows the settings and is sent as it is changes nothing.
func TestDevFormsShowTheSettings(t *testing.T) {
	s := used(t, "Rosa")
	before := s.Tenant.Settings()
	for _, path := range devForms(s) {
		page, form, _ := strings.Cut(strings.TrimPrefix(path, devpages.Root), "/")
		if form != "save" && page != "signin" {
			continue
		}
		if resp, _ := submits(t, s, path, filled(t, s, page, path, nil)); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if diff := cmp.Diff(before, s.Tenant.Settings()); diff != "" {
		t.Error(diff)
	}
}

// A form that is refused has no effect. It says why, and keeps what was typed.
func TestDevFormsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		form    string
		typed   url.Values
		problem string
		invalid string // the field that is marked
	}{
		"no kind":            {"faults/add", url.Values{"times": {"5"}}, "want a kind, a status or a delay", ""},
		"no such route":      {"faults/add", url.Values{"route": {"GET /nowhere"}, "status": {"500"}}, `no route "GET /nowhere": want one as in the stats, such as "GET /api/v2/users/{id}"`, ""},
		"a status as text":   {"faults/add", url.Values{"status": {"many"}}, "Status: want a number such as 5.", "status"},
		"not finite":         {"faults/add", url.Values{"probability": {"NaN"}}, "Probability: want a number such as 5.", "probability"},
		"a wrong delay":      {"faults/add", url.Values{"delay": {"soon"}}, "Delay: want a duration such as 250ms, 30s or 24h.", "delay"},
		"a wrong header":     {"faults/add", url.Values{"status": {"500"}, "header": {"Retry-After"}}, "Headers: want lines such as Retry-After: 5.", "header"},
		"no time":            {"clock/advance", url.Values{"advance": {""}}, "By: want a duration such as 250ms, 30s or 24h.", "advance"},
		"nothing to advance": {"clock/advance", url.Values{"advance": {"0s"}}, "want either advance or set", ""},
		"a wrong time":       {"clock/set", url.Values{"set": {"tomorrow"}}, "To: want a time such as 2030-01-01T00:00:00Z.", "set"},
		"a wrong plan":       {"limits/save", url.Values{"plan": {"gold"}}, `settings: plan "gold": want one of ["none" "free" "self-service" "enterprise" "enterprise-nonproduction"]`, ""},
		"a negative lag":     {"limits/save", url.Values{"index_lag": {"-1s"}}, "settings: index_lag: want a positive duration", ""},
		"a negative limit":   {"imports/save", url.Values{"imports.limit": {"-1"}}, "settings: imports.limit: want no negative value", ""},
		"a taken address":    {"users/add", url.Values{"email": {"ADA@example.com"}}, `add user "ADA@example.com": taken`, ""},
		"wrong metadata":     {"users/add", url.Values{"email": {"x@example.com"}, "app_metadata": {"{"}}, `App metadata: want JSON such as {"language": "en"}.`, "app_metadata"},
		"no secret":          {"keys/rotate-secret", url.Values{"secret": {""}}, "want a secret, and during not negative", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := startEffects(t, newClock())
			before := stateOf(t, s)
			page, _, _ := strings.Cut(c.form, "/")
			form := filled(t, s, page, devpages.Root+c.form, c.typed)
			resp, root := submits(t, s, devpages.Root+c.form, form)
			if resp.StatusCode != http.StatusBadRequest {
				t.Fatalf("%d", resp.StatusCode)
			}
			if faults := faultsOf(resp, root); len(faults) > 0 {
				t.Error(faults)
			}
			if title := text(elements(root, "title")[0]); !strings.HasPrefix(title, "Error: ") {
				t.Errorf("the title is %q", title)
			}
			var alerts, invalid []string
			for _, n := range elements(root, "") {
				if attribute(n, "role") == "alert" {
					alerts = append(alerts, text(n))
				}
				if attribute(n, "aria-invalid") == "true" {
					invalid = append(invalid, attribute(n, "name"))
				}
			}
			if len(alerts) != 1 || alerts[0] != c.problem || strings.Join(invalid, " ") != c.invalid {
				t.Errorf("problems %q, marked %q", alerts, invalid)
			}
			for name, values := range c.typed {
				for _, n := range elements(root, "") {
					if attribute(n, "name") != name || attribute(n, "id") == "q" || n.Data == "select" && name == "route" {
						continue
					}
					shown := attribute(n, "value") + strings.TrimPrefix(text(n), "\n")
					if n.Data != "select" && shown != values[0] {
						t.Errorf("%s shows %q, typed was %q", name, shown, values[0])
					}
				}
			}
			if diff := cmp.Diff(before, stateOf(t, s)); diff != "" {
				t.Errorf("it has an effect:\n%s", diff)
			}
		})
	}
}
