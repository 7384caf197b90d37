package users_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"usher/internal/users"
)

// Create and update validate every member by the same rules.
func TestValidation(t *testing.T) {
	const (
		address = "must be one email address without a display name"
		phone   = "must be in E.164 form, such as +14155550123"
		picture = "must be an http or https URL"
	)
	long := func(n int) string { return strings.Repeat("é", n) }
	tests := map[string]struct{ member, value, fault string }{
		"an address":                           {"email", "ada@example.com", ""},
		"a subaddress":                         {"email", "ada+x@example.com", ""},
		"upper case":                           {"email", "Ada@Example.COM", ""},
		"the longest address":                  {"email", strings.Repeat("a", 242) + "@example.com", ""},
		"a too long address":                   {"email", strings.Repeat("a", 243) + "@example.com", address},
		"not an address":                       {"email", "ada", address},
		"an empty address":                     {"email", "", address},
		"a display name":                       {"email", "Ada <ada@example.com>", address},
		"angle brackets":                       {"email", "<ada@example.com>", address},
		"a trailing comment":                   {"email", "ada@example.com (Ada)", address},
		"two addresses":                        {"email", "a@example.com,b@example.com", address},
		"a trailing space":                     {"email", "ada@example.com ", address},
		"a quoted space":                       {"email", `"a b"@example.com`, address},
		"a quoted name":                        {"email", `"ada"@example.com`, address},
		"non-ASCII letters":                    {"email", "дарья@пример.рф", ""},
		"a no-break space":                     {"email", "ada\u00a0b@example.com", address},
		"a zero-width space":                   {"email", "ada\u200b@example.com", address},
		"a newline":                            {"email", "ada@example.com\nBcc: x@example.com", address},
		"no host":                              {"email", "ada@", address},
		"a password":                           {"password", "x", ""},
		"the longest password":                 {"password", strings.Repeat("a", 72), ""},
		"an empty password":                    {"password", "", "must have 1 to 72 bytes in UTF-8"},
		"a too long password":                  {"password", strings.Repeat("a", 73), "must have 1 to 72 bytes in UTF-8"},
		"a longest Greek password":             {"password", strings.Repeat("κ", 36), ""},
		"a password too long in bytes":         {"password", strings.Repeat("κ", 36) + "a", "must have 1 to 72 bytes in UTF-8"},
		"a password too long in its last rune": {"password", strings.Repeat("😀", 17) + "abc€", "must have 1 to 72 bytes in UTF-8"},
		"a phone":                              {"phone_number", "+14155550123", ""},
		"the longest phone":                    {"phone_number", "+123456789012345", ""},
		"a too long phone":                     {"phone_number", "+1234567890123456", phone},
		"a phone without plus":                 {"phone_number", "14155550123", phone},
		"a phone with spaces":                  {"phone_number", "+1 415 555 0123", phone},
		"a phone with a newline":               {"phone_number", "+14155550123\n", phone},
		"only a plus":                          {"phone_number", "+", phone},
		"a username":                           {"username", "ada", ""},
		"a longest username":                   {"username", long(128), ""},
		"an empty username":                    {"username", "", "must have 1 to 128 characters"},
		"a username too long":                  {"username", long(129), "must have 1 to 128 characters"},
		"a longest name":                       {"name", long(300), ""},
		"an empty name":                        {"name", "", "must have 1 to 300 characters"},
		"a name too long":                      {"name", long(301), "must have 1 to 300 characters"},
		"a longest given name":                 {"given_name", long(150), ""},
		"an empty given name":                  {"given_name", "", "must have 1 to 150 characters"},
		"a given name too long":                {"given_name", long(151), "must have 1 to 150 characters"},
		"a longest family name":                {"family_name", long(150), ""},
		"an empty family name":                 {"family_name", "", "must have 1 to 150 characters"},
		"a family name too long":               {"family_name", long(151), "must have 1 to 150 characters"},
		"a longest nickname":                   {"nickname", long(300), ""},
		"an empty nickname":                    {"nickname", "", "must have 1 to 300 characters"},
		"a nickname too long":                  {"nickname", long(301), "must have 1 to 300 characters"},
		"a picture":                            {"picture", "https://example.com/a.png?x=1", ""},
		"a picture over http":                  {"picture", "http://example.com/a.png", ""},
		"a picture with another scheme":        {"picture", "ftp://example.com/a.png", picture},
		"a picture that is a script":           {"picture", "javascript:alert(1)", picture},
		"a picture that is data":               {"picture", "data:image/png;base64,AAAA", picture},
		"a picture without a host":             {"picture", "https:///a.png", picture},
		"a picture that is a path":             {"picture", "/a.png", picture},
		"a picture that is not a URL":          {"picture", "https://exa mple.com/%zz", picture},
		"an empty picture":                     {"picture", "", picture},
		"a picture without a scheme":           {"picture", "//example.com/a.png", picture},
		"a picture in capitals":                {"picture", "HTTPS://example.com/a.png", ""},
		"a phone with a letter":                {"phone_number", "+1415555O123", phone},
		"a phone with non-ASCII digits":        {"phone_number", "+١٤١٥", phone},
		"an address without a local part":      {"email", "@example.com", address},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			value, err := json.Marshal(tt.value)
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool]string{true: "", false: "invalid-request | " + tt.member + ": " + tt.fault}[tt.fault == ""]

			created := do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, withIdentifier(tt.member, string(value)))
			updated := do(t, users.Update(&directory{}), http.MethodPatch, "/users/u", patchType, `{"`+tt.member+`":`+string(value)+`}`)
			for op, w := range map[string]string{"create": outcome(t, created), "update": outcome(t, updated)} {
				if want == "" && (w == "OK" || w == "Created") {
					continue
				}
				if w != want {
					t.Errorf("%s: got %q, want %q", op, w, want)
				}
			}
		})
	}
}

// Single-line members reject line breaks and control characters, and accept other Unicode.
func TestSingleLineMembers(t *testing.T) {
	characters := []rune{0x85, 0x9f, 0x7f, 0x80, 0x2028, 0x2029}
	for r := rune(1); r < ' '; r++ {
		characters = append(characters, r)
	}
	stems := map[string]string{
		"username": "ada", "name": "Ada", "given_name": "Ada", "family_name": "L", "nickname": "a",
		"phone_number": "+1415555", "picture": "https://example.com/a", "email": "a@b.example",
	}
	for member, stem := range stems {
		for _, r := range characters {
			value, err := json.Marshal(stem + string(r) + "1")
			if err != nil {
				t.Fatal(err)
			}
			body := withIdentifier(member, string(value))
			if member == "email" {
				body = `{"email":` + string(value) + `}`
			}
			for _, got := range []string{
				outcome(t, do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, body)),
				outcome(t, do(t, users.Update(&directory{}), http.MethodPatch, "/users/u", patchType, `{"`+member+`":`+string(value)+`}`)),
			} {
				if !strings.HasPrefix(got, "invalid-request | "+member+": ") {
					t.Errorf("%s with %U: %s", member, r, got)
				}
			}
		}
		if member == "phone_number" || member == "email" || member == "picture" {
			continue
		}
		if got := outcome(t, do(t, users.Update(&directory{}), http.MethodPatch, "/users/u", patchType, `{"`+member+`":"`+stem+` Ünï \u00a0\ufffd 𝄞"}`)); got != "OK" {
			t.Errorf("%s: %s", member, got)
		}
	}
}

// A password and metadata may have line breaks.
func TestMultiLineTexts(t *testing.T) {
	body := `{"email":"a@b.example","password":"a\tb\u0001","metadata":{"a":"x\ty\nz\r\u2028"},"app_metadata":{"a":["\n"]}}`
	if got := outcome(t, do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, body)); got != "Created" {
		t.Error(got)
	}
}

// withIdentifier is a body with the member, and with an identifier, which
// every new user needs.
func withIdentifier(member, value string) string {
	other := map[bool]string{true: `"username":"u"`, false: `"email":"a@b.example"`}[member == "email"]
	return `{` + other + `,"` + member + `":` + value + `}`
}

func TestConnectionNames(t *testing.T) {
	tests := map[string]struct {
		name  string
		valid bool
	}{
		"a name":             {"Username-Password-Authentication", true},
		"one letter":         {"a", true},
		"the longest":        {strings.Repeat("a", 128), true},
		"too long":           {strings.Repeat("a", 129), false},
		"a hyphen first":     {"-a", false},
		"a hyphen last":      {"a-", false},
		"only a hyphen":      {"-", false},
		"an underscore":      {"a_b", false},
		"a space":            {"a b", false},
		"a quote":            {`a"b`, false},
		"a trailing newline": {"a\n", false},
		"a non-ASCII letter": {"é", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			quoted, err := json.Marshal(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			w := do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, withIdentifier("connection", string(quoted)))
			if valid := w.Code == http.StatusCreated; valid != tt.valid {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}
