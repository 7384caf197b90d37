package envfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

const hidden = "a-secret-that-nobody-may-see"

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func nothing(string) string { return "" }

const minimal = "DOMAIN=tenant.example.com\nCLIENT_ID=web\nCLIENT_SECRET=" + hidden + "\n"

func TestSettings(t *testing.T) {
	file, err := Read(write(t, minimal+"SCOPES=openid email\nPOST_LOGOUT_REDIRECT_URI=https://app.example.com/\nRESULT_URL=https://app.example.com/done\n"))
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"SCOPES": "openid phone", "LOGIN_BINDING": "none", "DOMAIN": "other.example.com"}
	s, err := file.Settings("http://127.0.0.1:3000/callback", func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	c := s.Config
	for got, want := range map[string]string{
		strings.Join(c.RedirectURIs, " "):    "http://127.0.0.1:3000/callback",
		strings.Join(c.LogoutURIs, " "):      "https://app.example.com/",
		strings.Join(c.ResultURLs, " "):      "https://app.example.com/done",
		strings.Join(c.Scopes, " "):          "openid email", // the file has precedence
		c.Binding:                            "none",
		c.Connection:                         "Username-Password-Authentication",
		s.Credentials.Domain:                 "tenant.example.com", // never from the environment
		s.Credentials.ManagementClientID:     "web",
		s.Credentials.ManagementClientSecret: hidden,
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The functions' names and a second application are supported.
func TestFunctionNames(t *testing.T) {
	file, err := Read(write(t, "\ufeff"+minimal+"REDIRECT_URIS=https://a.example.com/cb, https://b.example.com/cb\nREDIRECT_URI=https://c.example.com/cb\n"+
		"POST_LOGOUT_REDIRECT_URIS=https://a.example.com/,https://b.example.com/\nRESULT_URLS=https://a.example.com/done\n"+
		"MANAGEMENT_CLIENT_ID=machine\nMANAGEMENT_CLIENT_SECRET=another-"+hidden+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := file.Settings("http://127.0.0.1:3000/callback", nothing)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		strings.Join(s.Config.RedirectURIs, " "): "https://c.example.com/cb https://a.example.com/cb https://b.example.com/cb",
		strings.Join(s.Config.LogoutURIs, " "):   "https://a.example.com/ https://b.example.com/",
		strings.Join(s.Config.ResultURLs, " "):   "https://a.example.com/done",
		s.Credentials.Domain:                     "tenant.example.com",
		s.Credentials.ManagementClientID:         "machine",
		s.Credentials.ManagementClientSecret:     "another-" + hidden,
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The error lists all faults, and the valid settings are returned with it.
func TestInvalidSettings(t *testing.T) {
	file := File{"CLIENT_ID": "web", "CLIENT_SECRET": hidden, "REDIRECT_URI": "http://app.example.com/cb", "SCOPES": "email"}
	s, err := file.Settings("", nothing)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"missing: DOMAIN", "neither https nor http on loopback", "SCOPES lacks openid"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if s.Credentials.ClientID != "web" || len(s.Config.RedirectURIs) != 1 {
		t.Errorf("%+v", s.Config)
	}
	for domain, want := range map[string]string{
		"https://tenant.example.com": "without a scheme",
		"http://tenant.example.com":  "on this machine only",
		"tenant.example.com/":        `DOMAIN: the "domain" is not a host name such as tenant.example.com, without a scheme, a path or a slash`,
	} {
		file["DOMAIN"] = domain
		if _, err := file.Settings("", nothing); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", domain, err)
		}
	}
}

// docs/local.md documents every name.
func TestNamesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/local.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range known {
		if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+name+"S`") {
			t.Errorf("docs/local.md lacks %s", name)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	file := File{"DOMAIN": "tenant.example.com", "CLIENT_ID": "web", "CLIENT_SECRET": hidden, "REDIRECT_URL": "x", "COLOUR": "red", "MANAGEMENT_CLIENT_ID": "machine"}
	if got := file.Unknown(); !slices.Equal(got, []string{"COLOUR", "REDIRECT_URL"}) {
		t.Errorf("unknown: %q", got)
	}
	if got := (File{"DOMAIN": "x", "RESULT_URLS": "y"}).Unknown(); got != nil {
		t.Errorf("unknown: %q", got)
	}
	if _, err := file.Settings("http://127.0.0.1:3000/callback", nothing); err == nil || err.Error() != "missing: MANAGEMENT_CLIENT_SECRET" {
		t.Errorf("%v", err)
	}
}

// The URL of a local tenant is a valid domain.
func TestTenantOnThisMachine(t *testing.T) {
	for _, domain := range []string{"http://127.0.0.1:3001", "http://localhost:3001"} {
		s, err := File{"DOMAIN": domain, "CLIENT_ID": "web", "CLIENT_SECRET": hidden}.Settings("http://127.0.0.1:3000/callback", nothing)
		if err != nil || s.Credentials.BaseURL() != domain {
			t.Errorf("%q: %v", s.Credentials.BaseURL(), err)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) || err.Error() != syscall.ENOENT.Error() {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"DOMAIN=x\n" + hidden + " and more\n", "CLIENT_SECRET=\"" + hidden + "\n"} {
		if _, err := Read(write(t, text)); err == nil || strings.Contains(err.Error(), hidden) {
			t.Errorf("%v", err)
		}
	}
}

func TestListSeparatesOnlyThePluralByCommas(t *testing.T) {
	file := File{"REDIRECT_URI": "https://a.example.com/cb?x=1,2", "REDIRECT_URIS": "https://b.example.com/cb, https://c.example.com/cb"}
	want := []string{"https://a.example.com/cb?x=1,2", "https://b.example.com/cb", "https://c.example.com/cb"}
	if got := file.list("REDIRECT_URI"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
