package localtenant_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

// api calls a tenant with a bearer token.
type api struct {
	t     testing.TB
	url   string
	token string
	odd   bool // a tenant with quirks: its answers are not as described
}

func newAPI(t testing.TB, s *tenanttest.Server) *api {
	t.Helper()
	a := &api{t: t, url: s.URL}
	status, body := a.call("POST", "/oauth/token", map[string]any{
		"grant_type": "client_credentials", "client_id": localtenant.ClientID,
		"client_secret": localtenant.ClientSecret, "audience": s.URL + "/api/v2/",
	})
	if status != http.StatusOK {
		t.Fatalf("token: %d %v", status, body)
	}
	a.token = body.(map[string]any)["access_token"].(string)
	return a
}

// network is not the default transport: a test server that closes closes the idle connections of
// that one, and other tests run at the same time.
var network = &http.Transport{}

// call sends a request with a JSON body, or none, and returns what came back.
func (a *api) call(method, path string, in any) (int, any) {
	a.t.Helper()
	var body io.Reader
	contentType := "application/json"
	if form, ok := in.(multipartForm); ok {
		body, contentType = form.encode(a.t)
	} else if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			a.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, a.url+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", contentType)
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	resp, err := network.RoundTrip(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if rest, ok := strings.CutPrefix(path, "/api/v2"); ok && !a.odd {
		c, err := theContract()
		if err != nil {
			a.t.Fatal(err)
		}
		c.hold(a.t, method, rest, resp.StatusCode, resp.Header, b)
	}
	var out any
	if len(b) > 0 && json.Unmarshal(b, &out) != nil {
		out = string(b)
	}
	return resp.StatusCode, out
}

// multipartForm is sent as multipart/form-data; "users" as a file.
type multipartForm map[string]string

func (f multipartForm) encode(t testing.TB) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, text := range f {
		part, err := w.CreateFormField(name)
		if name == "users" {
			part, err = w.CreateFormFile(name, "users.json")
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(text)) // into memory
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

// obj calls and expects a status and an object.
func (a *api) obj(method, path string, in any, want int) map[string]any {
	a.t.Helper()
	status, body := a.call(method, path, in)
	if status != want {
		a.t.Fatalf("%s %s: %d, want %d: %v", method, path, status, want, body)
	}
	m, _ := body.(map[string]any)
	return m
}

// list calls and expects 200 and a list of objects.
func (a *api) list(path string) []map[string]any {
	a.t.Helper()
	status, body := a.call("GET", path, nil)
	items, ok := body.([]any)
	if status != http.StatusOK || !ok {
		a.t.Fatalf("GET %s: %d %v", path, status, body)
	}
	out := []map[string]any{}
	for _, item := range items {
		out = append(out, item.(map[string]any))
	}
	return out
}

// addUser makes a database user with a good password and returns the id.
func (a *api) addUser(email string) string {
	a.t.Helper()
	return a.obj("POST", "/api/v2/users", map[string]any{
		"connection": localtenant.Connection, "email": email, "password": goodPassword, "verify_email": false,
	}, 201)["user_id"].(string)
}

const goodPassword = "Plum-Tree-42"

// clock is a tenant's time, which a test moves.
type clock struct{ *testkit.Clock }

func newClock() clock { return clock{testkit.NewClock(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC))} }

func (c clock) option(o *localtenant.Options) { o.Now = c.Now }

// browser keeps cookies and follows redirects by hand.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

func newBrowser(t *testing.T, s *tenanttest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: s.URL, http: &http.Client{
		Jar: jar, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is what a browser shows: an answer and its body.
type page struct {
	status   int
	header   http.Header
	body     string
	location string
	url      string
}

func (b *browser) send(req *http.Request) page {
	b.t.Helper()
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	p := page{status: resp.StatusCode, header: resp.Header, body: string(body), url: req.URL.String()}
	if l, err := resp.Location(); err == nil {
		p.location = l.String()
	}
	return p
}

// get opens a page and follows redirects as long as they stay in the tenant.
func (b *browser) get(target string) page {
	b.t.Helper()
	req, err := http.NewRequest("GET", target, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.follow(b.send(req))
}

func (b *browser) follow(p page) page {
	b.t.Helper()
	if p.location != "" && strings.HasPrefix(p.location, b.base+"/") {
		return b.get(p.location)
	}
	return p
}

// submit sends the page's form with some fields filled in.
func (b *browser) submit(p page, fields url.Values) page {
	b.t.Helper()
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(p.body)
	if action == nil {
		b.t.Fatalf("no form on the page at %s: %d %s", p.url, p.status, p.body)
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
		form.Set(m[1], m[2])
	}
	for k, v := range fields {
		form[k] = v
	}
	req, err := http.NewRequest("POST", b.base+action[1], strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.follow(b.send(req))
}

const (
	callback = "http://127.0.0.1:3000/callback"
	verifier = "a-verifier-that-is-at-least-forty-three-characters-long"
)

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorizeURL is a whole authorization request; extra overrides, and an empty
// value leaves a parameter out.
func authorizeURL(s *tenanttest.Server, extra map[string]string) string {
	q := url.Values{
		"client_id": {localtenant.ClientID}, "redirect_uri": {callback}, "response_type": {"code"},
		"scope": {"openid profile email offline_access"}, "state": {"st"}, "nonce": {"no"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for k, v := range extra {
		q.Set(k, v)
		if v == "" {
			q.Del(k)
		}
	}
	return s.URL + "/authorize?" + q.Encode()
}

// signIn goes through the login page and returns the query of the callback.
func (b *browser) signIn(s *tenanttest.Server, username, password string, extra map[string]string) url.Values {
	b.t.Helper()
	p := b.get(authorizeURL(s, extra))
	if p.location == "" {
		p = b.submit(p, url.Values{"username": {username}, "password": {password}})
	}
	u, err := url.Parse(p.location)
	if err != nil || p.location == "" {
		b.t.Fatalf("no callback: %d %s", p.status, p.body)
	}
	return u.Query()
}

// redeem exchanges a code and returns the status and the body.
func redeem(t *testing.T, s *tenanttest.Server, code string, extra map[string]any) (int, map[string]any) {
	t.Helper()
	in := map[string]any{
		"grant_type": "authorization_code", "client_id": localtenant.ClientID, "client_secret": localtenant.ClientSecret,
		"code": code, "redirect_uri": callback, "code_verifier": verifier,
	}
	for k, v := range extra {
		in[k] = v
	}
	status, body := (&api{t: t, url: s.URL}).call("POST", "/oauth/token", in)
	m, _ := body.(map[string]any)
	return status, m
}

// claimsOf decodes a JWT without checking it.
func claimsOf(t *testing.T, token any) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %v", token)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
