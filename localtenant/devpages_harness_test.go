package localtenant_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/localtenant"
	"usher/localtenant/devpages"
	"usher/localtenant/tenanttest"
)

// rotateKey is the form that makes a new signing key.
const rotateKey = devpages.Root + "keys/rotate-key"

const ada = "auth0|65e19a100000000000000001"

// used is a tenant in which something of everything has happened. text is in all of its data that
// may be any text, so that two tenants differ in that text only.
func used(t testing.TB, text string, options ...func(*localtenant.Options)) *tenanttest.Server {
	t.Helper()
	s := tenanttest.Start(t, options...)
	a := newAPI(t, s)
	metadata := map[string]any{"key " + text: text, "list": []any{text}}
	s.Tenant.AddConnection(localtenant.NewConnection{Name: "connection " + text, Strategy: "auth0"})
	for _, u := range []localtenant.User{
		{UserID: "auth0|made-up", Email: "first " + text + "@example.com", Name: text, GivenName: text, FamilyName: text, Nickname: text,
			Picture: text, UserMetadata: metadata, AppMetadata: metadata, Password: "x"},
		{UserID: "auth0|" + text, Username: "second " + text, Connection: "connection " + text},
	} {
		if _, err := s.Tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	role := s.Tenant.AddRole("role "+text, text)
	a.obj("POST", "/api/v2/roles/"+role+"/users", map[string]any{"users": []string{ada, "auth0|made-up"}}, 200)
	for _, id := range []string{ada, "auth0|made-up"} {
		a.obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": id}, 201)
	}
	a.obj("PATCH", "/api/v2/users/"+escape(ada), map[string]any{"nickname": "ada"}, 200)
	s.Tenant.AddEvent("auth0|made-up", "code "+text)
	a.startImport(`[{"email":"imported@example.com"},{"email":"ada@example.com"}]`, nil)
	signIn(t, s, "ada@example.com", localtenant.SamplePassword, text)
	signIn(t, s, "nobody "+text, "wrong", text)
	for _, fault := range []map[string]any{
		{"route": "GET /api/v2/users", "times": 2, "status": 429, "delay": "250ms"},
		{"probability": 0.05, "kind": "reset"},
		{"every": 3, "status": 503, "body": text, "header": map[string][]string{"X-" + text: {text}}},
	} {
		a.obj("POST", "/_tenant/faults", fault, 204)
	}
	a.obj("POST", "/_tenant/rotate-secret", map[string]any{"secret": "secret " + text, "during": "1h"}, 204)
	a.obj("PATCH", "/_tenant/settings", map[string]any{"plan": "self-service", "application": map[string]any{
		"app_type": "type " + text, "callbacks": []string{"https://" + text}, "scopes": []string{text},
	}}, 200)
	return s
}

// signIn types a name and a password into the login page, with a user agent.
func signIn(t testing.TB, s *tenanttest.Server, name, password, agent string) {
	t.Helper()
	authorize := httpRequest(t, "GET", authorizeURL(s, nil), nil)
	form := url.Values{"username": {name}, "password": {password}}
	resp, _ := roundTrip(t, authorize)
	cookies := resp.Cookies()
	login, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	form.Set("state", login.Query().Get("state"))
	r := httpRequest(t, "POST", s.URL+"/u/login", form)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	r.Header.Set("User-Agent", "agent "+strings.Map(func(r rune) rune { // what a header may hold
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, agent))
	if resp, body := roundTrip(t, r); resp.StatusCode >= 500 {
		t.Fatal(body)
	}
}

func httpRequest(t testing.TB, method, target string, form url.Values) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// devPaths returns a path for each page. The named user, mail and line exist in a tenant that was used.
func devPaths(s *tenanttest.Server) []string {
	last := "nothing"
	if log := s.Tenant.Log(); len(log) > 0 {
		last = log[len(log)-1].ID
	}
	var paths []string
	for _, r := range s.Tenant.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if method != "GET" || !strings.HasPrefix(path, devpages.Root) || strings.HasSuffix(path, ".css") {
			continue
		}
		if path == devpages.Root+"user" {
			path += "?id=" + url.QueryEscape("auth0|made-up")
		}
		paths = append(paths, strings.NewReplacer("{$}", "", "{number}", "2", "{id}", last, "{path...}", "nothing").Replace(path))
	}
	return paths
}

// devForms returns the paths of all forms.
func devForms(s *tenanttest.Server) []string {
	var paths []string
	for _, r := range s.Tenant.Routes() {
		if path, ok := strings.CutPrefix(r.Pattern, "POST "); ok && strings.HasPrefix(path, devpages.Root) {
			paths = append(paths, path)
		}
	}
	return paths
}

// shows gets a page and parses it.
func shows(t testing.TB, s *tenanttest.Server, path string) (*http.Response, *html.Node) {
	t.Helper()
	return parsed(t, httpRequest(t, "GET", s.URL+path, nil))
}

// submits sends a form and parses the answer.
func submits(t testing.TB, s *tenanttest.Server, path string, form url.Values) (*http.Response, *html.Node) {
	t.Helper()
	return parsed(t, httpRequest(t, "POST", s.URL+path, form))
}

func parsed(t testing.TB, r *http.Request) (*http.Response, *html.Node) {
	t.Helper()
	resp, body := roundTrip(t, r)
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return resp, root
}

// roundTrip follows no redirects.
func roundTrip(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := network.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// elements returns the elements with a name, or all for "".
func elements(root *html.Node, name string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			found = append(found, n)
		}
	}
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text is all text in an element.
func text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}
