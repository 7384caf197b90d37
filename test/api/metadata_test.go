package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
)

var costsOfMetadata = slices.Concat(costsOf("/metadata/", "metadata"), costsOf("/app-metadata/", "appmetadata"))

func costsOf(path, resource string) []cost {
	return []cost{
		{"get" + resource, "", 1, ofUser(path, "")},
		{"update" + resource, "", 1, ofUser(path, `{"a":1,"b":null}`)},
		{"update" + resource, "nested", 2, ofUser(path, `{"a":{"b":1}}`)},
		{"update" + resource, "with If-Match", 2, ofUser(path, `{"a":1}`, "If-Match", "*")},
		{"update" + resource, "large", 2, ofUser(path, `{"a":"`+strings.Repeat("x", 5000)+`"}`)},
		{"update" + resource, "empty", 1, ofUser(path, `{}`)},
		{"replace" + resource, "", 2, ofUser(path, `{"a":1}`)},
	}
}

// ofMetadata runs a test over each kind of metadata, of a fresh user who has
// some of the other kind: nothing here may touch that.
func ofMetadata(t *testing.T, test func(t *testing.T, s *service, path string)) {
	t.Helper()
	other := map[string]any{"untouched": map[string]any{"by": "all"}}
	kinds := map[string]struct {
		path  string
		user  localtenant.User
		other string
	}{
		"metadata":     {"/metadata/", localtenant.User{AppMetadata: other}, "/app-metadata/"},
		"app-metadata": {"/app-metadata/", localtenant.User{UserMetadata: other}, "/metadata/"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for name, kind := range kinds {
			t.Run(name, func(t *testing.T) {
				kind.user.Email = fmt.Sprintf("m%d@example.com", s.serial.Add(1))
				id := url.PathEscape(s.addUser(kind.user))
				test(t, s, kind.path+id)
				wantBody(t, s.as(t, "GET", kind.other+id, ""), `{"untouched":{"by":"all"}}`)
			})
		}
	})
}

const mergeType = "application/merge-patch+json"

func TestMetadata(t *testing.T) {
	steps := []struct{ name, method, body, want string }{
		{"none", "GET", "", `{}`},
		{"the first", "PATCH", `{"language":"en","age":36}`, `{"age":36,"language":"en"}`},
		{"a nested one", "PATCH", `{"address":{"city":"London","street":null}}`, `{"address":{"city":"London"},"age":36,"language":"en"}`},
		{"merged below", "PATCH", `{"address":{"zip":"W1","geo":{"lat":51.5,"lon":-0.1}}}`, `{"address":{"city":"London","geo":{"lat":51.5,"lon":-0.1},"zip":"W1"},"age":36,"language":"en"}`},
		{"removed below", "PATCH", `{"address":{"geo":{"lat":null}},"age":null}`, `{"address":{"city":"London","geo":{"lon":-0.1},"zip":"W1"},"language":"en"}`},
		{"nothing", "PATCH", `{}`, `{"address":{"city":"London","geo":{"lon":-0.1},"zip":"W1"},"language":"en"}`},
		{"read again", "GET", "", `{"address":{"city":"London","geo":{"lon":-0.1},"zip":"W1"},"language":"en"}`},
		{"an array", "PATCH", `{"address":[{"city":null},1e3,9007199254740991]}`, `{"address":[{"city":null},1000,9007199254740991],"language":"en"}`},
		{"replaced", "PUT", `{"language":"de","x":{"y":null}}`, `{"language":"de","x":{"y":null}}`},
		{"the same again", "PUT", `{"language":"de","x":{"y":null}}`, `{"language":"de","x":{"y":null}}`},
		{"emptied", "PUT", `{}`, `{}`},
		{"emptied again", "PUT", `{}`, `{}`},
		{"none any more", "GET", "", `{}`},
	}
	ofMetadata(t, func(t *testing.T, s *service, path string) {
		tag := ""
		for _, step := range steps {
			mediaType := map[string]string{"PATCH": mergeType}[step.method]
			headers := []string{}
			if mediaType != "" {
				headers = append(headers, "Content-Type", mediaType)
			}
			got := s.as(t, step.method, path, step.body, headers...)
			wantBody(t, got, step.want)
			if read := s.as(t, "GET", path, ""); string(read.body) != string(got.body) || read.header.Get("ETag") != got.header.Get("ETag") {
				t.Errorf("%s: answered %s, and then %s", step.name, got.body, read.body)
			}
			tag = got.header.Get("ETag")
		}
		wantAnswer(t, s.as(t, "PATCH", path, `{"a":1}`, "If-Match", tag), 200, "")
		for _, method := range []string{"PATCH", "PUT"} { // tag is stale now
			wantAnswer(t, s.as(t, method, path, `{"a":2}`, "If-Match", tag), 412, "precondition-failed")
			wantAnswer(t, s.as(t, method, path, `{}`, "If-Match", tag), 412, "precondition-failed")
			wantFault(t, s.as(t, method, path, `{}`, "If-Match", "no tag"), "If-Match")
		}
		wantBody(t, s.as(t, "GET", path, ""), `{"a":1}`)
	})
}

// Writers of different first-level members lose nothing, however many write at
// once: flat, nested or by removal.
func TestConcurrentMetadata(t *testing.T) {
	ofMetadata(t, func(t *testing.T, s *service, path string) {
		s.calm(t) // so many at once are more than any plan's rate
		writers := 200
		if s.way.gateway {
			writers = 40 // which share a process with all others, and its 8 seconds
		}
		before, want := map[string]any{}, map[string]any{}
		for i := range writers {
			before[fmt.Sprintf("k%d", i)] = map[string]any{"old": float64(i)}
		}
		wantAnswer(t, s.as(t, "PUT", path, string(must(json.Marshal(before)))), 200, "")
		var all sync.WaitGroup
		for i := range writers {
			name := fmt.Sprintf("k%d", i)
			body := fmt.Sprintf(`{"%s":%d}`, name, i)
			switch i % 4 {
			case 0:
				want[name] = float64(i)
			case 1:
				body = fmt.Sprintf(`{"%s":{"new":%d}}`, name, i)
				want[name] = map[string]any{"old": float64(i), "new": float64(i)}
			case 2:
				body = fmt.Sprintf(`{"%s":null}`, name)
			case 3:
				body = fmt.Sprintf(`{"%s":[%d],"n%s":{"new":%d}}`, name, i, name, i)
				want[name], want["n"+name] = []any{float64(i)}, map[string]any{"new": float64(i)}
			}
			all.Go(func() {
				if got := s.as(t, "PATCH", path, body); got.status != 200 {
					t.Errorf("%s: %d %s", body, got.status, got.body)
				}
			})
		}
		all.Wait()
		if diff := cmp.Diff(want, s.as(t, "GET", path, "").json(t)); diff != "" {
			t.Errorf("lost:\n%s", diff)
		}
	})
}

func TestMetadataRefuses(t *testing.T) {
	tests := map[string]struct{ body, field string }{
		"a dot in a name":        {`{"a.b":1}`, "a.b"},
		"a dollar, below":        {`{"a":{"$set":1}}`, "a.$set"},
		"inside an array":        {`{"a":[{"b$":1}]}`, "a.b$"},
		"a number beyond double": {`{"a":{"b":9007199254740993}}`, "a.b"},
		"a prototype":            {`{"__proto__":{"admin":true}}`, "__proto__"},
		"a name twice":           {`{"a":1,"a":2}`, "a"},
		"a name twice, below":    {`{"a":{"b":1,"b":2}}`, "a.b"},
	}
	ofMetadata(t, func(t *testing.T, s *service, path string) {
		before := s.tenant.Tenant.Stats().Requests
		for name, tt := range tests {
			for _, method := range []string{"PATCH", "PUT"} {
				t.Run(method+" "+name, func(t *testing.T) { wantFault(t, s.as(t, method, path, tt.body), tt.field) })
			}
		}
		wantFault(t, s.as(t, "PUT", path, `{"a":null}`), "a")
		wantAnswer(t, s.as(t, "PUT", path, `{}`, "Content-Type", mergeType), 415, "unsupported-media-type")
		if after := s.tenant.Tenant.Stats().Requests; after != before {
			t.Errorf("%d provider calls for what was refused", after-before)
		}
	})
}

func TestMetadataOfNobody(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, path := range []string{"/metadata/", "/app-metadata/"} {
			for _, id := range []string{"auth0%7Cnobody", "%F0%9F%A6%84", "x%25y"} {
				wantAnswer(t, s.as(t, "GET", path+id, ""), 404, "user-not-found")
				wantAnswer(t, s.as(t, "PATCH", path+id, `{"a":1}`), 404, "user-not-found")
				wantAnswer(t, s.as(t, "PATCH", path+id, `{"a":{}}`), 404, "user-not-found")
				wantAnswer(t, s.as(t, "PATCH", path+id, `{}`, "If-Match", "*"), 404, "user-not-found")
				wantAnswer(t, s.as(t, "PUT", path+id, `{}`), 404, "user-not-found")
			}
		}
	})
}

func TestMetadataOfOddIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, name := range strangeIDs {
			if s.way.name == "samlocal" && strings.Contains(name, "/") {
				continue // sam local itself refuses those
			}
			path := "/metadata/" + url.PathEscape(s.addUser(localtenant.User{UserID: name}))
			wantBody(t, s.as(t, "PATCH", path, `{"a":{"b":1}}`), `{"a":{"b":1}}`)
			wantBody(t, s.as(t, "PUT", path, `{"c":2}`), `{"c":2}`)
			wantBody(t, s.as(t, "GET", path, ""), `{"c":2}`)
		}
	})
}

// The service's own member of app_metadata is never shown, set, or removed.
func TestReservedAppMetadata(t *testing.T) {
	kept := map[string]any{"request": "fingerprint"}
	asDeployed(t, func(t *testing.T, s *service) {
		id := url.PathEscape(s.addUser(localtenant.User{Email: "r@example.com", AppMetadata: map[string]any{"usher": kept, "plan": "gold"}}))
		path := "/app-metadata/" + id
		wantBody(t, s.call("GET", path, ""), `{"plan":"gold"}`)
		for _, value := range []string{`null`, `{}`, `{"request":null}`, `1`} {
			for _, method := range []string{"PATCH", "PUT"} {
				wantFault(t, s.call(method, path, `{"usher":`+value+`}`), "usher")
				wantFault(t, s.call(method, path, `{"usher":`+value+`}`, "If-Match", "*"), "usher")
			}
		}
		wantBody(t, s.call("PATCH", path, `{"plan":null}`), `{}`)
		wantBody(t, s.call("PUT", path, `{}`), `{}`)
		wantBody(t, s.call("PATCH", path, `{"a":{"usher":1}}`), `{"a":{"usher":1}}`)
		wantBody(t, s.call("PUT", path, `{}`), `{}`)
		wantBody(t, s.call("PATCH", path, `{}`), `{}`)
		theirs := s.manage(t, "GET", "/users/"+id, "").(map[string]any)["app_metadata"]
		if diff := cmp.Diff(map[string]any{"usher": any(kept)}, theirs); diff != "" {
			t.Error(diff)
		}
		wantBody(t, s.call("PATCH", "/metadata/"+id, `{"usher":1}`), `{"usher":1}`)
	})
}

// What is too large is told before anything is written.
func TestMetadataTooLarge(t *testing.T) {
	big := func(name string) string { return `{"` + name + `":"` + strings.Repeat("x", 40000) + `"}` }
	ofMetadata(t, func(t *testing.T, s *service, path string) {
		wantAnswer(t, s.as(t, "PATCH", path, big("a")), 200, "")
		wantAnswer(t, s.as(t, "PATCH", path, big("b")), 422, "metadata-too-large")
		wantAnswer(t, s.as(t, "PATCH", path, `{"c":{"d":1}}`), 200, "")
		wantAnswer(t, s.as(t, "PUT", path, big("b")), 200, "")
		if got := s.as(t, "GET", path, "").json(t); len(got) != 1 || got["b"] == nil {
			t.Errorf("left: %v", slices.Collect(maps.Keys(got)))
		}
		s.calm(t)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/users/{id}", Times: 1, Status: http.StatusRequestEntityTooLarge})
		wantAnswer(t, s.as(t, "PATCH", path, `{"a":1}`), 422, "metadata-too-large")
	})
}

// A write that fails after the read has been made changes nothing, and says
// what every failure says.
func TestMetadataWhenTheWriteFails(t *testing.T) {
	ofMetadata(t, func(t *testing.T, s *service, path string) {
		s.calm(t)
		wantAnswer(t, s.as(t, "PUT", path, `{"a":{"b":1}}`), 200, "")
		for _, request := range [][2]string{{"PATCH", `{"a":{"c":2}}`}, {"PUT", `{"a":2}`}} {
			for fault, code := range map[int]string{429: "too-many-requests", 500: "provider-failed", 503: "provider-unavailable", 404: "user-not-found"} {
				s.tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/users/{id}", Status: fault, Reset: time.Now().Add(never)})
				wantAnswer(t, s.as(t, request[0], path, request[1]), map[int]int{429: 429, 500: 502, 503: 503, 404: 404}[fault], code)
				s.tenant.Tenant.ClearFaults()
			}
		}
		wantBody(t, s.as(t, "GET", path, ""), `{"a":{"b":1}}`)
	})
}
