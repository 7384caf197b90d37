package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/httpapi"
)

func TestPathID(t *testing.T) {
	tests := map[string]struct{ id, fault string }{
		"a database's":          {"auth0|66a1b2c3d4e5f60718293a4b", ""},
		"with slash and at":     {"samlp|x|a/b@c", ""},
		"spaces and percents":   {"a b%20c%", ""},
		"Unicode":               {"oidc|é€𝄞", ""},
		"dots inside":           {"a..b/../c", ""},
		"three dots":            {"...", ""},
		"the longest":           {strings.Repeat("x", 400), ""},
		"empty":                 {"", "id: is not a valid ID"},
		"a dot":                 {".", "id: is not a valid ID"},
		"two dots":              {"..", "id: is not a valid ID"},
		"too long":              {strings.Repeat("x", 401), "id: is longer than 400 bytes"},
		"too long in bytes":     {strings.Repeat("é", 201), "id: is longer than 400 bytes"},
		"not UTF-8":             {"a\xff", "id: is not UTF-8"},
		"a newline":             {"a\nb", "id: has control characters"},
		"a zero":                {"a\x00", "id: has control characters"},
		"a delete":              {"a\x7f", "id: has control characters"},
		"a C1 control (U+0085)": {"a\u0085", "id: has control characters"},
		"an override (U+202E)":  {"auth0|1\u202e2", "id: has invisible characters"},
		"zero width (U+200B)":   {"auth0|1\u200b", "id: has invisible characters"},
		"a mark (U+FEFF)":       {"\ufeffauth0|1", "id: has invisible characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.SetPathValue("id", tt.id)
			id, err := httpapi.PathID(r, "id")
			if tt.fault == "" {
				if err != nil || id != tt.id {
					t.Errorf("got %q, %v", id, err)
				}
				return
			}
			if got := kindAndDetail(err); got != "invalid-request | "+tt.fault || id != "" {
				t.Errorf("got %q, %s", id, got)
			}
		})
	}
}
