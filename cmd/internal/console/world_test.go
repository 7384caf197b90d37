package console_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/testkit"
	"usher/test/testkit/credentials"
)

// The sample users of the tests.
const (
	customerID = "auth0|65e19a100000000000000001" // Ada
	supportID  = "auth0|65e19a100000000000000021" // Hedy
	adminID    = "auth0|65e19a100000000000000022" // Margaret
	auditorID  = "auth0|65e19a100000000000000031"
	clerkID    = "auth0|65e19a100000000000000032"

	customerEmail = "ada@example.com"
	supportEmail  = "hedy@example.com"
	adminEmail    = "margaret@example.com"
	auditorEmail  = "audrey@example.com"
	clerkEmail    = "clara@example.com"
)

const testPolicy = `{
  "connections": ["staff"],
  "roles": {
    "usher-support": ["read", "recovery", "mfa", "sessions", "support"],
    "usher-admin": ["everything"],
    "usher-auditor": ["read"],
    "usher-clerk": ["read", "manage", "roles"],
    "usher-bulk": ["read", "manage", "bulk"],
    "usher-import": ["read", "manage", "import"],
    "usher-export": ["read", "metadata", "app-metadata", "export"]
  }
}`

// world is a tenant, the service and a console.
type world struct {
	*testing.T
	tenant  *tenanttest.Server
	url     string // of the console
	service string
	clock   *testkit.Clock // the console's
	log     *testkit.Buffer
	audit   *testkit.Buffer // of the service
	token   string          // for the Management API
}

// newWorld starts a console without a second factor, unless an option says otherwise.
func newWorld(t *testing.T, options ...func(*console.Options)) *world {
	t.Helper()
	listener, usherListener := listen(t), listen(t)
	w := &world{
		T: t, url: "http://" + listener.Addr().String(), service: "http://" + usherListener.Addr().String(),
		clock: testkit.NewClock(time.Now()), log: &testkit.Buffer{}, audit: &testkit.Buffer{},
	}
	w.tenant = tenanttest.Start(t, func(o *localtenant.Options) {
		o.Staff, o.Callbacks, o.LogoutURLs = true, []string{w.url + "/callback"}, []string{w.url + "/"}
	})
	w.seed()
	cfg := config.Config{
		Connection: localtenant.Connection, RedirectURIs: []string{w.url + "/callback"}, LogoutURIs: []string{w.url + "/"},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie, Deadline: testkit.Patience,
	}
	log := slog.New(slog.NewTextHandler(w.audit, nil))
	service, stopJobs := operations.WithJobs(boot.New(cfg, credentials.Of(t, w.tenant.URL), log, time.Now), t.TempDir())
	t.Cleanup(stopJobs)
	serve(t, usherListener, operations.Handler(service, log))
	p, err := policy.Parse([]byte(testPolicy))
	if err != nil {
		t.Fatal(err)
	}
	o := console.Options{
		URL: w.url, Usher: usher.New(w.service, testkit.Patience, nil), Policy: p, WithoutMFA: true, Now: w.clock.Now,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, option := range options {
		option(&o)
	}
	handler, err := console.New(o)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener, handler)
	t.Cleanup(func() { w.checkRoutes(p) })
	return w
}

// checkRoutes fails if the console has called a route that its IAM policy lacks.
func (w *world) checkRoutes(p policy.Policy) {
	for _, found := range regexp.MustCompile(`route="([^"]+)"`).FindAllStringSubmatch(w.audit.String(), -1) {
		if !slices.Contains(p.Routes(), found[1]) {
			w.Errorf("the console's IAM policy lacks %s", found[1])
		}
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func serve(t *testing.T, listener net.Listener, h http.Handler) {
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: h}}
	server.Start()
	t.Cleanup(server.Close)
}

// seed adds people with other roles than the sample staff have.
func (w *world) seed() {
	w.Helper()
	w.token = ""
	w.addStaff(auditorID, auditorEmail, "Audrey Tang", "usher-auditor")
	w.addStaff(clerkID, clerkEmail, "Clara Schumann", "usher-clerk")
}

// addStaff adds a person with a new role.
func (w *world) addStaff(id, email, name, role string) {
	w.Helper()
	_, err := w.tenant.Tenant.AddUser(localtenant.User{
		UserID: id, Email: email, EmailVerified: true, Name: name, Connection: localtenant.StaffConnection, Password: localtenant.SamplePassword,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.giveRole(id, w.tenant.Tenant.AddRole(role, "A role of the tests"))
}

// manage calls the Management API.
func (w *world) manage(method, path string, in any) (int, map[string]any) {
	w.Helper()
	if w.token == "" && path != "/oauth/token" {
		_, out := w.manage("POST", "/oauth/token", map[string]any{
			"grant_type": "client_credentials", "client_id": localtenant.ClientID, "client_secret": localtenant.ClientSecret, "audience": w.tenant.URL + "/api/v2/",
		})
		w.token, _ = out["access_token"].(string)
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			w.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.tenant.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	var out map[string]any
	if json.Unmarshal(text, &out) != nil {
		var list []any
		if json.Unmarshal(text, &list) == nil {
			out = map[string]any{"list": list}
		}
	}
	return resp.StatusCode, out
}

func (w *world) giveRole(id, role string) {
	w.Helper()
	if status, out := w.manage("POST", "/api/v2/users/"+url.PathEscape(id)+"/roles", map[string]any{"roles": []string{role}}); status != 204 {
		w.Fatalf("role: %d %v", status, out)
	}
}

// setUser changes a user at the tenant.
func (w *world) setUser(id string, change map[string]any) {
	w.Helper()
	if status, out := w.manage("PATCH", "/api/v2/users/"+url.PathEscape(id), change); status != 200 {
		w.Fatalf("change %s: %d %v", id, status, out)
	}
}

// user reads a user at the tenant; nil if there is none.
func (w *world) user(id string) map[string]any {
	w.Helper()
	status, out := w.manage("GET", "/api/v2/users/"+url.PathEscape(id), nil)
	if status != 200 {
		return nil
	}
	return out
}

func (w *world) isBlocked(id string) bool { return w.user(id)["blocked"] == true }

// writes counts the changes that the tenant was asked for since ResetStats.
func (w *world) writes() int {
	count := 0
	for route, times := range w.tenant.Tenant.Stats().Routes {
		method, path, _ := strings.Cut(route, " ")
		if method != "GET" && path != "/oauth/token" && !strings.HasPrefix(path, "/u/") {
			count += times
		}
	}
	return count
}

// browser is a person's browser, without JavaScript.
type browser struct {
	*world
	http *http.Client
	csrf string
}

// page is a response.
type page struct {
	status int
	header http.Header
	body   string
	url    string
}

func (w *world) newBrowser() *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{world: w, http: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}}
}

var (
	stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)
	csrfField  = regexp.MustCompile(`name="csrf" value="([^"]+)"`)
)

// send sends a request of the browser.
func (b *browser) send(r *http.Request) page {
	b.Helper()
	resp, err := b.http.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	p := page{resp.StatusCode, resp.Header, string(text), resp.Request.URL.String()}
	if found := csrfField.FindStringSubmatch(p.body); found != nil && strings.HasPrefix(p.url, b.url) {
		b.csrf = found[1]
	}
	return p
}

func (b *browser) request(method, address string, form url.Values) *http.Request {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "null") // as browsers send it with Referrer-Policy: no-referrer
	}
	return r
}

func (b *browser) get(path string) page {
	b.Helper()
	return b.send(b.request("GET", b.url+path, nil))
}

// post sends a form of the console, with the session's token.
func (b *browser) post(path string, form url.Values) page {
	b.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("csrf", b.csrf)
	return b.send(b.request("POST", b.url+path, form))
}

// signIn signs in at the tenant's page, and returns the page after that.
func (b *browser) signIn(email string) page {
	b.Helper()
	login := b.get("/login")
	state := stateField.FindStringSubmatch(login.body)
	if state == nil {
		return login
	}
	return b.send(b.request("POST", b.tenant.URL+"/u/login", url.Values{
		"state": {state[1]}, "username": {email}, "password": {localtenant.SamplePassword},
	}))
}

// staff returns a browser in which a member of staff is signed in.
func (w *world) staff(email string) *browser {
	w.Helper()
	b := w.newBrowser()
	if p := b.signIn(email); p.status != 200 || p.url != w.url+"/users" {
		w.Fatalf("%s is at %s: %d %s", email, p.url, p.status, p.body)
	}
	return b
}

// userPath is the address of a user's page.
func userPath(id string, more ...string) string {
	return usher.Path(append([]string{"users", id}, more...)...)
}

func (p page) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("%s (%d) lacks %q:\n%s", p.url, p.status, text, p.body)
		}
	}
}

func (p page) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			t.Errorf("%s (%d) has %q:\n%s", p.url, p.status, text, p.body)
		}
	}
}
