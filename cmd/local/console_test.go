package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/test/testkit"
)

func TestWhenTheConsoleStarts(t *testing.T) {
	file := envFile(t, wholeFile)
	tests := map[string]struct {
		args []string
		want string // the address; "" for no console
	}{
		"by default":                     {nil, defaultConsoleAddr},
		"switched off":                   {[]string{"-console=false"}, ""},
		"off beside an address":          {[]string{"-console=false", "-console-addr", "127.0.0.1:4000"}, ""},
		"an address of the API":          {[]string{"-addr", "127.0.0.1:4000"}, ""},
		"both addresses":                 {[]string{"-addr", "127.0.0.1:4000", "-console-addr", "127.0.0.1:4002"}, "127.0.0.1:4002"},
		"an address of the API, and yes": {[]string{"-addr", "127.0.0.1:4000", "-console"}, defaultConsoleAddr},
		"a real tenant":                  {[]string{"-env", file}, ""},
		"a real tenant, and yes":         {[]string{"-env", file, "-console", "-console-policy", "p.json"}, defaultConsoleAddr},
		"signed":                         {[]string{"-auth", "iam"}, defaultConsoleAddr},
		"tokens":                         {[]string{"-auth", "bearer"}, defaultConsoleAddr},
		"tokens of another issuer":       {[]string{"-auth", "bearer", "-issuer", "https://x.example/", "-audience", "a"}, ""},
	}
	for name, tt := range tests {
		o, err := parseFlags(tt.args, io.Discard)
		if err != nil || o.console != (tt.want != "") || o.console && o.consoleAddr != tt.want {
			t.Errorf("%s: %v on %s, %v", name, o.console, o.consoleAddr, err)
		}
	}
	for text, args := range map[string][]string{
		`"127.0.0.1:0": want HOST:PORT`:   {"-console-addr", "127.0.0.1:0"},
		`"127.0.0.1:": want HOST:PORT`:    {"-console-addr", "127.0.0.1:"},
		"want HOST:PORT":                  {"-console-addr", "x"},
		"is not on loopback":              {"-console-addr", "0.0.0.0:3002", "-allow-remote"},
		"needs -console-policy":           {"-env", file, "-console"},
		"the local tenant issues the tok": {"-auth", "bearer", "-audience", "a", "-console"},
	} {
		if _, err := parseFlags(args, io.Discard); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v, want %q", args, err, text)
		}
	}
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

var state = regexp.MustCompile(`name="state" value="([^"]+)"`)

// The console signs in the sample staff and lists users, however the API authenticates it.
func TestConsole(t *testing.T) {
	env := map[string]string{"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "made-up", "AWS_REGION": "eu-central-1"}
	for _, auth := range authModes {
		t.Run(auth, func(t *testing.T) {
			addr, tenant, site := testkit.FreeAddr(t), testkit.FreeAddr(t), testkit.FreeAddr(t)
			ctx, cancel := context.WithCancel(t.Context())
			out, ended := &testkit.Buffer{}, make(chan error, 1)
			args := []string{"-addr", addr, "-tenant-addr", tenant, "-console-addr", site, "-auth", auth, "-deadline", "8m"}
			go func() { ended <- realMain(ctx, args, func(name string) string { return env[name] }, out) }()
			defer func() {
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}()
			out.WaitFor(t, "Ctrl-C ends it.")
			for _, want := range []string{
				"The console is on http://" + site + ", without a second factor.", "hedy@example.com (usher-support)", "margaret@example.com (usher-admin)",
				"open http://" + site,
			} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the output lacks %q: %s", want, out)
				}
			}
			page, client := signIn(t, "http://"+site, "http://"+tenant, "usher-support")
			if !strings.Contains(page, "Hedy Lamarr") || !strings.Contains(page, "grace@example.com") {
				t.Errorf("the console shows %s", page)
			}
			block(t, client, "http://"+site, page)
			out.WaitFor(t, `route="PUT /blocks/{user_id}" status=200`)
			if !strings.Contains(out.String(), "actor=auth0|65e19a100000000000000021") {
				t.Errorf("the log names no actor: %s", out)
			}
			page, client = signIn(t, "http://"+site, "http://"+tenant, "usher-admin")
			createUsers(t, client, "http://"+site, page)
			out.WaitFor(t, `route="POST /user-creations" status=202`)
			if status, _ := get(t, site, "/", "evil.example"); status != http.StatusMisdirectedRequest {
				t.Errorf("another host: %d", status)
			}
		})
	}
}

// block sends the form that blocks Ada.
func block(t *testing.T, client *http.Client, site, page string) {
	t.Helper()
	text, at := post(t, client, site, "/users/auth0%7C65e19a100000000000000001/block", formType, "csrf="+tokenIn(t, page))
	if !strings.Contains(text, "The user is blocked") {
		t.Errorf("%s shows %s", at, text)
	}
}

// createUsers uploads a file and starts its job.
func createUsers(t *testing.T, client *http.Client, site, page string) {
	t.Helper()
	const field = "--x\r\nContent-Disposition: form-data; name="
	token := tokenIn(t, page)
	preview, at := post(t, client, site, "/files", "multipart/form-data; boundary=x", field+"csrf\r\n\r\n"+token+"\r\n"+field+"kind\r\n\r\nuser-creations\r\n"+
		field+"file; filename=x.csv\r\n\r\nemail,name\nlin@new.example,Lin & Co. \u00e4\n\r\n--x--\r\n")
	key := formKey.FindStringSubmatch(preview)
	if key == nil {
		t.Fatalf("no preview: %s", preview)
	}
	job, at := post(t, client, site, at.Path+"/start", formType, url.Values{"csrf": {token}, "key": {key[1]}}.Encode())
	if !strings.HasPrefix(at.Path, "/jobs/") || !strings.Contains(job, "1 job is started.") {
		t.Errorf("%s shows %s", at, job)
	}
}

const formType = "application/x-www-form-urlencoded"

// tokenIn returns the token of the forms in a page.
func tokenIn(t *testing.T, page string) string {
	t.Helper()
	found := csrf.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no form: %s", page)
	}
	return found[1]
}

// post sends a form of the site, and returns the page that follows and its address.
func post(t *testing.T, client *http.Client, site, path, mediaType, body string) (string, *url.URL) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", site+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Origin", site)
	resp, err := client.Do(r)
	text := bodyOf(t, resp, err)
	return text, resp.Request.URL
}

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// signIn signs in at a console, and returns the page after that.
func signIn(t *testing.T, site, tenant, role string) (string, *http.Client) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	resp, err := client.Get(site + "/login")
	page := bodyOf(t, resp, err)
	found := state.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no form: %s", page)
	}
	resp, err = client.PostForm(tenant+"/u/login", url.Values{
		"state": {found[1]}, "username": {localtenant.StaffEmails()[role]}, "password": {localtenant.SamplePassword},
	})
	return bodyOf(t, resp, err), client
}

// The sample users come first, so that the printed lines of the documents stay.
func TestStaffComeLast(t *testing.T) {
	addr, site := testkit.FreeAddr(t), testkit.FreeAddr(t)
	policy := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(policy, []byte(`{"connections":["staff"],"roles":{"usher-support":["everything"]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "-addr", addr, "-tenant-addr", testkit.FreeAddr(t), "-console-addr", site, "-console-policy", policy)
	_, body := get(t, addr, "/users", "")
	last, hedy, margaret := strings.Index(body, "radia@"), strings.Index(body, "hedy@"), strings.Index(body, "margaret@")
	if last < 0 || hedy < last || margaret < hedy {
		t.Errorf("%s", body)
	}
}
