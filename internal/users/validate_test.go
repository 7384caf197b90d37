package users_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"usher/internal/users"
)

// Every member is held to the same limits whether a user is created or
// changed.
func TestValidation(t *testing.T) {
	const (
		address = "must be one email address, without a name around it"
		phone   = "must be in E.164 form, such as +14155550123"
		picture = "must be an http or https URL"
	)
	long := func(n int) string { return strings.Repeat("é", n) }
	tests := map[string]struct{ member, value, fault string }{
		"an address":                  {"email", "ada@example.com", ""},
		"a tag":                       {"email", "ada+x@example.com", ""},
		"capitals":                    {"email", "Ada@Example.COM", ""},
		"a longest address":           {"email", strings.Repeat("a", 242) + "@example.com", ""},
		"an address too long":         {"email", strings.Repeat("a", 243) + "@example.com", address},
		"no address":                  {"email", "ada", address},
		"an empty address":            {"email", "", address},
		"a name around":               {"email", "Ada <ada@example.com>", address},
		"brackets around":             {"email", "<ada@example.com>", address},
		"a comment behind":            {"email", "ada@example.com (Ada)", address},
		"two addresses":               {"email", "a@example.com,b@example.com", address},
		"a space behind":              {"email", "ada@example.com ", address},
		"a space, quoted":             {"email", `"a b"@example.com`, address},
		"a quoted name":               {"email", `"ada"@example.com`, address},
		"letters of all scripts":      {"email", "дарья@пример.рф", ""},
		"a no-break space":            {"email", "ada\u00a0b@example.com", address},
		"a space of no width":         {"email", "ada\u200b@example.com", address},
		"a newline":                   {"email", "ada@example.com\nBcc: x@example.com", address},
		"no host":                     {"email", "ada@", address},
		"a password":                  {"password", "x", ""},
		"a longest password":          {"password", strings.Repeat("a", 72), ""},
		"an empty password":           {"password", "", "must have 1 to 72 bytes in UTF-8"},
		"a password too long":         {"password", strings.Repeat("a", 73), "must have 1 to 72 bytes in UTF-8"},
		"a password in Greek":         {"password", strings.Repeat("κ", 36), ""},
		"too long in bytes":           {"password", strings.Repeat("κ", 36) + "a", "must have 1 to 72 bytes in UTF-8"},
		"too long in the last rune":   {"password", strings.Repeat("😀", 17) + "abc€", "must have 1 to 72 bytes in UTF-8"},
		"a phone":                     {"phone_number", "+14155550123", ""},
		"a longest phone":             {"phone_number", "+123456789012345", ""},
		"a phone too long":            {"phone_number", "+1234567890123456", phone},
		"a phone without plus":        {"phone_number", "14155550123", phone},
		"a phone with spaces":         {"phone_number", "+1 415 555 0123", phone},
		"a phone with a newline":      {"phone_number", "+14155550123\n", phone},
		"a plus alone":                {"phone_number", "+", phone},
		"a username":                  {"username", "ada", ""},
		"a longest username":          {"username", long(128), ""},
		"an empty username":           {"username", "", "must have 1 to 128 characters"},
		"a username too long":         {"username", long(129), "must have 1 to 128 characters"},
		"a longest name":              {"name", long(300), ""},
		"an empty name":               {"name", "", "must have 1 to 300 characters"},
		"a name too long":             {"name", long(301), "must have 1 to 300 characters"},
		"a longest given name":        {"given_name", long(150), ""},
		"an empty given name":         {"given_name", "", "must have 1 to 150 characters"},
		"a given name too long":       {"given_name", long(151), "must have 1 to 150 characters"},
		"a longest family name":       {"family_name", long(150), ""},
		"an empty family name":        {"family_name", "", "must have 1 to 150 characters"},
		"a family name too long":      {"family_name", long(151), "must have 1 to 150 characters"},
		"a longest nickname":          {"nickname", long(300), ""},
		"an empty nickname":           {"nickname", "", "must have 1 to 300 characters"},
		"a nickname too long":         {"nickname", long(301), "must have 1 to 300 characters"},
		"a picture":                   {"picture", "https://example.com/a.png?x=1", ""},
		"a picture over http":         {"picture", "http://example.com/a.png", ""},
		"a picture from elsewhere":    {"picture", "ftp://example.com/a.png", picture},
		"a picture that is a script":  {"picture", "javascript:alert(1)", picture},
		"a picture that is data":      {"picture", "data:image/png;base64,AAAA", picture},
		"a picture without a host":    {"picture", "https:///a.png", picture},
		"a picture that is a path":    {"picture", "/a.png", picture},
		"a picture that is no URL":    {"picture", "https://exa mple.com/%zz", picture},
		"an empty picture":            {"picture", "", picture},
		"a picture without a scheme":  {"picture", "//example.com/a.png", picture},
		"a picture in capitals":       {"picture", "HTTPS://example.com/a.png", ""},
		"a phone that is no number":   {"phone_number", "+1415555O123", phone},
		"a phone with other digits":   {"phone_number", "+١٤١٥", phone},
		"an address without its name": {"email", "@example.com", address},
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
			for op, w := range map[string]string{"create": answer(t, created), "update": answer(t, updated)} {
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

// No member of one line takes what breaks lines or cannot be seen; all take the rest of Unicode.
func TestMembersOfOneLine(t *testing.T) {
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
			for _, answered := range []string{
				answer(t, do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, body)),
				answer(t, do(t, users.Update(&directory{}), http.MethodPatch, "/users/u", patchType, `{"`+member+`":`+string(value)+`}`)),
			} {
				if !strings.HasPrefix(answered, "invalid-request | "+member+": ") {
					t.Errorf("%s with %U: %s", member, r, answered)
				}
			}
		}
		if member == "phone_number" || member == "email" || member == "picture" {
			continue
		}
		if got := answer(t, do(t, users.Update(&directory{}), http.MethodPatch, "/users/u", patchType, `{"`+member+`":"`+stem+` Ünï \u00a0\ufffd 𝄞"}`)); got != "OK" {
			t.Errorf("%s: %s", member, got)
		}
	}
}

// A password and metadata are no lines.
func TestTextsOfMoreLines(t *testing.T) {
	body := `{"email":"a@b.example","password":"a\tb\u0001","metadata":{"a":"x\ty\nz\r\u2028"},"app_metadata":{"a":["\n"]}}`
	if got := answer(t, do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, body)); got != "Created" {
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
		name string
		fine bool
	}{
		"a name":           {"Username-Password-Authentication", true},
		"one letter":       {"a", true},
		"the longest":      {strings.Repeat("a", 128), true},
		"too long":         {strings.Repeat("a", 129), false},
		"a hyphen first":   {"-a", false},
		"a hyphen last":    {"a-", false},
		"a hyphen alone":   {"-", false},
		"an underscore":    {"a_b", false},
		"a space":          {"a b", false},
		"a quote":          {`a"b`, false},
		"a newline behind": {"a\n", false},
		"another script":   {"é", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			quoted, err := json.Marshal(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			w := do(t, createIn(&directory{}), http.MethodPost, "/users", jsonType, withIdentifier("connection", string(quoted)))
			if fine := w.Code == http.StatusCreated; fine != tt.fine {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}
