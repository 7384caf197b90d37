package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"usher/internal/httpapi"
)

func TestActor(t *testing.T) {
	const form = "must be one user ID, percent-encoded as in a path"
	tests := map[string]struct {
		sent      []string
		id, fault string
	}{
		"no header":                {},
		"a bare bar":               {sent: []string{"auth0|66a1"}, id: "auth0|66a1"},
		"encoded":                  {sent: []string{"auth0%7C66a1"}, id: "auth0|66a1"},
		"a plus is a plus":         {sent: []string{"a+b"}, id: "a+b"},
		"everything encoded":       {sent: []string{"oidc%7c%C3%A9%e2%82%ac%20a%2Cb%25"}, id: "oidc|é€ a,b%"},
		"the longest":              {sent: []string{strings.Repeat("x", 400)}, id: strings.Repeat("x", 400)},
		"the longest, encoded":     {sent: []string{strings.Repeat("%C3%A9", 200)}, id: strings.Repeat("é", 200)},
		"empty":                    {sent: []string{""}, fault: "is not a valid ID"},
		"two dots":                 {sent: []string{".."}, fault: "is not a valid ID"},
		"two dots, encoded":        {sent: []string{"%2e%2E"}, fault: "is not a valid ID"},
		"too long":                 {sent: []string{strings.Repeat("x", 401)}, fault: "is longer than 400 bytes"},
		"too long in bytes":        {sent: []string{strings.Repeat("%C3%A9", 201)}, fault: "is longer than 400 bytes"},
		"not UTF-8":                {sent: []string{"a%FF"}, fault: "is not UTF-8"},
		"a newline":                {sent: []string{"a%0Ab"}, fault: "has control characters"},
		"zero width":               {sent: []string{"auth0%7C1%E2%80%8B"}, fault: "has invisible characters"},
		"twice":                    {sent: []string{"auth0|1", "auth0|2"}, fault: form},
		"the same twice":           {sent: []string{"auth0|1", "auth0|1"}, fault: form},
		"twice, joined by a proxy": {sent: []string{"auth0|1,auth0|2"}, fault: form},
		"half an escape":           {sent: []string{"100%"}, fault: form},
		"a space":                  {sent: []string{"auth0|Ada Lovelace"}, fault: form},
		"a tab":                    {sent: []string{"auth0|1\t"}, fault: form},
		"Unicode":                  {sent: []string{"auth0|é"}, fault: form},
		"Latin-1":                  {sent: []string{"auth0|\xe9"}, fault: form},
		"a delete":                 {sent: []string{"auth0|\x7f"}, fault: form},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header["X-Actor"] = tt.sent
			id, err := httpapi.Actor(r)
			if tt.fault == "" {
				if err != nil || id != tt.id {
					t.Errorf("got %q, %v", id, err)
				}
				return
			}
			if got := kindAndDetail(err); got != "invalid-request | X-Actor: "+tt.fault || id != "" {
				t.Errorf("got %q, %s", id, got)
			}
		})
	}
}

// The lines have the actor by the rule for IDs: hashed if it can be personal data.
func TestActorIsLogged(t *testing.T) {
	for actor, want := range map[string]any{
		"":                               nil,
		"auth0|65e19a100000000000000001": "auth0|65e19a100000000000000001",
		"samlp|acme|bob@secret-mail.com": "samlp|acme|sha256:645f8aa4013c9cf9",
		"ada@secret-mail.com":            "sha256:4a19953d088df5c4",
	} {
		noting := handler(func(w http.ResponseWriter, r *http.Request) error {
			httpapi.NoteActor(r.Context(), actor)
			return httpapi.NoContent(w, nil)
		})
		_, line := served(t, noting, httptest.NewRequest("PUT", "/", nil), nil)
		audit := auditLine(t, "user.block", noting, httptest.NewRequest("PUT", "/", nil))
		if line["actor"] != want || audit["actor"] != want {
			t.Errorf("%q is %v and %v in the lines", actor, line["actor"], audit["actor"])
		}
	}
}

// An actor is accepted exactly if the same text is accepted as the ID in a path.
func FuzzActor(f *testing.F) {
	for _, id := range []string{"auth0|abc", "samlp|x|a/b@c", "..", "", "a b", "é", "a\nb", "a\xff", "100%", "a,b", "a\u200bb", strings.Repeat("é", 201)} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetPathValue("id", id)
		r.Header.Set("X-Actor", url.PathEscape(id))
		want, refused := httpapi.PathID(r, "id")
		got, err := httpapi.Actor(r)
		if got != want || (err == nil) != (refused == nil) {
			t.Errorf("%q: %v; as an ID in a path: %v", id, err, refused)
		}
	})
}
