package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hidden is part of every secret in these tests and must not be in any printed text.
const hidden = "s3cr3t"

func whole() Credentials {
	return Credentials{
		Domain:                 "tenant.example.com",
		ClientID:               "web",
		ClientSecret:           hidden + "-web",
		ManagementClientID:     "machine",
		ManagementClientSecret: hidden + "-machine",
	}
}

func TestParse(t *testing.T) {
	one := whole()
	one.ManagementClientID, one.ManagementClientSecret = one.ClientID, one.ClientSecret
	at := func(domain string) Credentials { c := one; c.Domain = domain; return c }
	tests := map[string]struct {
		text      string
		plainHTTP bool
		want      Credentials
	}{
		"two applications":       {text: `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t-web","management_client_id":"machine","management_client_secret":"s3cr3t-machine"}`, want: whole()},
		"one application":        {text: secretAt("tenant.example.com"), want: one},
		"an additional member":   {text: `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t-web","note":{"a":1}}`, want: one},
		"a port":                 {text: secretAt("tenant.example.com:8443"), want: at("tenant.example.com:8443")},
		"an IPv6 address":        {text: secretAt("[2001:db8::1]:8443"), want: at("[2001:db8::1]:8443")},
		"plain http, 127.0.0.1":  {text: secretAt("http://127.0.0.1:3001"), want: at("http://127.0.0.1:3001")},
		"plain http, ::1":        {text: secretAt("http://[::1]:3001"), want: at("http://[::1]:3001")},
		"plain http, localhost":  {text: secretAt("http://localhost:3001/"), want: at("http://localhost:3001/")},
		"plain http, if allowed": {text: secretAt("http://172.17.0.1:3001"), plainHTTP: true, want: at("http://172.17.0.1:3001")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(tt.text, tt.plainHTTP)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fields(tt.want), fields(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const (
		noHost    = `"domain" is not a host name`
		plainHTTP = `asks for plain http`
		halfPair  = `only one of "management_client_id" and "management_client_secret"`
		noJSON    = "not a JSON object"
	)
	tests := map[string]struct {
		text      string
		plainHTTP bool
		want      []string
	}{
		"empty":                               {text: "", want: []string{noJSON}},
		"text":                                {text: "s3cr3t", want: []string{noJSON}},
		"an array":                            {text: `["s3cr3t"]`, want: []string{noJSON}},
		"truncated":                           {text: `{"client_secret":"s3cr3t"`, want: []string{noJSON}},
		"trailing text":                       {text: secretAt("tenant.example.com") + ` s3cr3t`, want: []string{noJSON}},
		"a second object":                     {text: secretAt("tenant.example.com") + secretAt("s3cr3t.example.com"), want: []string{noJSON}},
		"a numeric secret":                    {text: `{"domain":"tenant.example.com","client_id":"web","client_secret":53}`, want: []string{noJSON}},
		"no domain":                           {text: `{"client_id":"web","client_secret":"s3cr3t"}`, want: []string{`lacks "domain"`}},
		"no client ID":                        {text: `{"domain":"tenant.example.com","client_secret":"s3cr3t"}`, want: []string{`lacks "client_id"`}},
		"no secret":                           {text: `{"domain":"tenant.example.com","client_id":"web"}`, want: []string{`lacks "client_secret"`}},
		"an empty object":                     {text: `{}`, want: []string{`lacks "domain"`, `lacks "client_id"`, `lacks "client_secret"`}},
		"null":                                {text: `null`, want: []string{`lacks "domain"`, `lacks "client_id"`, `lacks "client_secret"`}},
		"only the management client ID":       {text: `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t","management_client_id":"machine"}`, want: []string{halfPair}},
		"only the management client secret":   {text: `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t","management_client_secret":"s3cr3t"}`, want: []string{halfPair}},
		"several faults":                      {text: `{"domain":"https://s3cr3t","management_client_secret":"s3cr3t"}`, want: []string{`lacks "client_id"`, `lacks "client_secret"`, halfPair, noHost}},
		"https":                               {text: secretAt("https://s3cr3t.example.com"), want: []string{noHost}},
		"another scheme":                      {text: secretAt("ftp://s3cr3t.example.com"), want: []string{noHost}},
		"an upper-case scheme":                {text: secretAt("HTTP://127.0.0.1:3001"), want: []string{noHost}},
		"a path":                              {text: secretAt("s3cr3t.example.com/path"), want: []string{noHost}},
		"a slash":                             {text: secretAt("s3cr3t.example.com/"), want: []string{noHost}},
		"a path on plain http":                {text: secretAt("http://127.0.0.1:3001/s3cr3t"), want: []string{noHost}},
		"a user":                              {text: secretAt("s3cr3t@tenant.example.com"), want: []string{noHost}},
		"a query":                             {text: secretAt("tenant.example.com?s3cr3t"), want: []string{noHost}},
		"a fragment":                          {text: secretAt("tenant.example.com#s3cr3t"), want: []string{noHost}},
		"a space":                             {text: secretAt("tenant.example.com s3cr3t"), want: []string{noHost}},
		"only a port":                         {text: secretAt(":8443"), want: []string{noHost}},
		"a port of letters":                   {text: secretAt("tenant.example.com:s3cr3t"), want: []string{noHost}},
		"plain http to another host":          {text: secretAt("http://s3cr3t.example.com"), want: []string{plainHTTP}},
		"plain http to a name like localhost": {text: secretAt("http://localhost.s3cr3t.example.com"), want: []string{plainHTTP}},
		"plain http, no host":                 {text: secretAt("http://"), plainHTTP: true, want: []string{noHost}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(tt.text, tt.plainHTTP)
			if err == nil {
				t.Fatal("no error")
			}
			if got != (Credentials{}) {
				t.Error("credentials were returned with the error")
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("%q quotes the secret", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%d faults, want %d: %v", len(lines), len(tt.want), err)
			}
			for i, want := range tt.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("fault %d is %q, want %q in it", i, lines[i], want)
				}
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	for domain, want := range map[string]string{
		"tenant.example.com":     "https://tenant.example.com",
		"127.0.0.1:8443":         "https://127.0.0.1:8443",
		"http://127.0.0.1:3001":  "http://127.0.0.1:3001",
		"http://127.0.0.1:3001/": "http://127.0.0.1:3001",
	} {
		if got := (Credentials{Domain: domain}).BaseURL(); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}

func TestCredentialsAreNotPrinted(t *testing.T) {
	c := whole()
	logged := func(handler func(*bytes.Buffer) slog.Handler) string {
		var out bytes.Buffer
		log := slog.New(handler(&out))
		log.Info("m", "value", c, "pointer", &c, "list", []Credentials{c}, "inside", struct{ Of Credentials }{c})
		return out.String()
	}
	encoded, err := json.Marshal(map[string]any{"value": c, "pointer": &c, "list": []Credentials{c}})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"%v":       fmt.Sprintf("%v", c),
		"%+v":      fmt.Sprintf("%+v", c),
		"%#v":      fmt.Sprintf("%#v", c),
		"%s":       fmt.Sprintf("%s", c),
		"%q":       fmt.Sprintf("%q", c),
		"pointer":  fmt.Sprintf("%v %+v %#v", &c, &c, &c),
		"inside":   fmt.Sprintf("%v %+v %#v", []Credentials{c}, struct{ C Credentials }{c}, map[string]Credentials{"c": c}),
		"error":    errors.Join(fmt.Errorf("with %v", c)).Error(),
		"json":     string(encoded),
		"log text": logged(func(out *bytes.Buffer) slog.Handler { return slog.NewTextHandler(out, nil) }),
		"log json": logged(func(out *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(out, nil) }),
	}
	for name, text := range tests {
		if strings.Contains(text, hidden) {
			t.Errorf("%s prints the secret: %s", name, text)
		}
		if !strings.Contains(text, "credentials for tenant.example.com") {
			t.Errorf("%s does not name the domain: %s", name, text)
		}
	}
}

// secretAt returns a secret with one application at a domain.
func secretAt(domain string) string {
	encoded, _ := json.Marshal(map[string]string{"domain": domain, "client_id": "web", "client_secret": "s3cr3t-web"})
	return string(encoded)
}

// fields returns the credentials as a map for cmp.
func fields(c Credentials) map[string]string {
	return map[string]string{
		"domain": c.Domain, "id": c.ClientID, "secret": c.ClientSecret,
		"management id": c.ManagementClientID, "management secret": c.ManagementClientSecret,
	}
}

func TestShownID(t *testing.T) {
	id, secret := strings.Repeat("i", 32), "s3cr"+strings.Repeat("t", 60)
	if got := ShownID(id); got != id {
		t.Errorf("%q", got)
	}
	if got := ShownID(secret); got != "s3cr…" {
		t.Errorf("%q", got)
	}
}
