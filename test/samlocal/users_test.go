//go:build samlocal

package samlocal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestUsers(t *testing.T) {
	inTurn(t)
	created := warm.call(t, http.MethodPost, "/users",
		`{"email":"sam@example.com","password":"Correct-Horse-9","name":"Sam","metadata":{"language":"en","theme":"dark"}}`).want(t, 201)
	id, _ := created.object(t)["id"].(string)
	if !strings.Contains(id, "|") {
		t.Fatalf("id %q", id)
	}
	path := "/users/" + url.PathEscape(id)
	if got := created.header.Get("Location"); got != path {
		t.Errorf("Location %s, want %s", got, path)
	}
	warm.call(t, http.MethodPost, "/users", `{"email":"Sam@example.com","password":"Correct-Horse-9"}`).problem(t, 409, "user-exists")

	got := warm.call(t, http.MethodGet, path, "").want(t, 200).object(t)
	if got["id"] != id || got["email"] != "sam@example.com" {
		t.Errorf("got %v", got)
	}
	// The same id as a client writes it that escapes less.
	warm.call(t, http.MethodGet, "/users/"+strings.ReplaceAll(path[len("/users/"):], "%7C", "|"), "").want(t, 200)

	changed := warm.call(t, http.MethodPatch, path, `{"name":null,"nickname":"sammy"}`, "Content-Type", "application/merge-patch+json").want(t, 200).object(t)
	if _, there := changed["name"]; there || changed["nickname"] != "sammy" {
		t.Errorf("changed %v", changed)
	}

	found := warm.call(t, http.MethodGet, "/users?email=SAM@example.com", "").want(t, 200).object(t)
	if users, _ := found["users"].([]any); len(users) != 1 {
		t.Errorf("found %v", found)
	}

	warm.call(t, http.MethodDelete, path, "").want(t, 204)
	warm.call(t, http.MethodDelete, path, "").want(t, 204)
	warm.call(t, http.MethodGet, path, "").problem(t, 404, "user-not-found")
}

func TestPages(t *testing.T) {
	inTurn(t)
	seen := map[any]bool{}
	target := "/users?limit=2&sort=-created_at"
	for range 20 {
		page := warm.call(t, http.MethodGet, target, "").want(t, 200)
		object := page.object(t)
		users, _ := object["users"].([]any)
		for _, u := range users {
			id := u.(map[string]any)["id"]
			if seen[id] {
				t.Errorf("%v came twice", id)
			}
			seen[id] = true
		}
		next, more := object["next"].(string)
		if !more {
			if len(seen) < 3 {
				t.Errorf("only %d users", len(seen))
			}
			return
		}
		target = "/users?limit=2&sort=-created_at&cursor=" + url.QueryEscape(next)
		if link := page.header.Get("Link"); !strings.Contains(link, `rel="next"`) {
			t.Errorf("Link %q", link)
		}
	}
	t.Error("the list does not end")
}

func TestDeleteByEmail(t *testing.T) {
	inTurn(t)
	for name, request := range map[string]struct{ target, body string }{
		"query": {"/users?email=By.Query@example.com", ""},
		"body":  {"/users", `{"email":"by.body@example.com"}`},
	} {
		t.Run(name, func(t *testing.T) {
			warm.call(t, http.MethodPost, "/users", `{"email":"by.`+name+`@example.com","password":"Correct-Horse-9"}`).want(t, 201)
			warm.call(t, http.MethodDelete, request.target, request.body).want(t, 204)
			warm.call(t, http.MethodDelete, request.target, request.body).problem(t, 404, "user-not-found")
		})
	}
	warm.call(t, http.MethodDelete, "/users?email=a@example.com", `{"email":"a@example.com"}`).problem(t, 400, "invalid-request")
}

// TestIDs sends ids through SAM's decoding of the path, which AWS does not do.
// The tenant tells which id has reached it.
func TestIDs(t *testing.T) {
	inTurn(t)
	token := tenantToken(t)
	for _, id := range []string{"50%25off", "x%41", "per%cent", "it|ad|jürgen", "a+b&c=d;e", "q?x#y"} {
		t.Run(id, func(t *testing.T) {
			body := `{"connection":"Username-Password-Authentication","email":"id` + url.PathEscape(time.Now().Format("150405.000000")) +
				`@example.com","password":"Correct-Horse-9","user_id":` + quote(id) + `}`
			made := send(t, http.DefaultClient, http.MethodPost, warm.tenant+"/api/v2/users", body, "Authorization", "Bearer "+token)
			if made.status != http.StatusCreated {
				t.Fatal(made)
			}
			full, _ := made.object(t)["user_id"].(string)
			path := "/users/" + url.PathEscape(full)
			if got := warm.call(t, http.MethodGet, path, "").want(t, 200).object(t)["id"]; got != full {
				t.Errorf("asked for %q, got %q", full, got)
			}
			warm.call(t, http.MethodDelete, path, "").want(t, 204)
			warm.call(t, http.MethodGet, path, "").problem(t, 404, "user-not-found")
		})
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func tenantToken(t *testing.T) string {
	t.Helper()
	a := send(t, http.DefaultClient, http.MethodPost, warm.tenant+"/oauth/token",
		`{"grant_type":"client_credentials","client_id":"usher-local","client_secret":"usher-local-secret","audience":"`+warm.tenant+`/api/v2/"}`)
	token, _ := a.want(t, 200).object(t)["access_token"].(string)
	return token
}

func TestProblems(t *testing.T) {
	inTurn(t)
	for name, tt := range map[string]struct {
		method, target, body, contentType string
		status                            int
		code                              string
	}{
		"repeated parameter": {"GET", "/users?limit=1&limit=2", "", "", 400, "invalid-request"},
		"unknown parameter":  {"GET", "/users?q=email:*", "", "", 400, "invalid-request"},
		"cursor":             {"GET", "/users?cursor=abc", "", "", 400, "invalid-cursor"},
		"broken JSON":        {"POST", "/users", `{"email":`, "", 400, "invalid-json"},
		"unknown member":     {"POST", "/users", `{"email":"a@example.com","admin":true}`, "", 400, "invalid-request"},
		"media type":         {"POST", "/users", `email=a@example.com`, "application/x-www-form-urlencoded", 415, "unsupported-media-type"},
		"too large":          {"POST", "/users", `{"name":"` + strings.Repeat("x", 64<<10) + `"}`, "", 413, "body-too-large"},
		"weak password":      {"POST", "/users", `{"email":"weak@example.com","password":"a"}`, "", 422, "password-too-weak"},
		"redirect":           {"GET", "/login?redirect_uri=https://evil.example/callback", "", "", 400, "invalid-request"},
		"no state":           {"GET", "/callback?code=abc", "", "", 400, "state-missing"},
		"foreign state":      {"GET", "/callback?code=abc&state=abc", "", "", 400, "state-invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{"X-Request-Id", "test-" + strings.ReplaceAll(name, " ", "-")}
			if tt.contentType != "" {
				headers = append(headers, "Content-Type", tt.contentType)
			}
			a := warm.call(t, tt.method, tt.target, tt.body, headers...)
			a.problem(t, tt.status, tt.code)
			if got := a.object(t)["request_id"]; got != headers[1] || a.header.Get("X-Request-Id") != headers[1] {
				t.Errorf("request id %v, %q", got, a.header.Get("X-Request-Id"))
			}
		})
	}
}

// TestNobodyIsAuthenticatedAndTheLogSaysSo: what is allowed here must not pass
// unseen anywhere else.
func TestNobodyIsAuthenticatedAndTheLogSaysSo(t *testing.T) {
	inTurn(t)
	warm.call(t, http.MethodGet, "/users?limit=1", "").want(t, 200)
	if !strings.Contains(warm.out.String(), "AWS_SAM_LOCAL is set") {
		t.Error("no line about AWS_SAM_LOCAL in the log")
	}
}
