package users_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

// page is the JSON form of a page.
type page struct {
	Users []users.User `json:"users"`
	Next  string       `json:"next"`
}

func list(t *testing.T, dir *directory, rawQuery string) *httptest.ResponseRecorder {
	t.Helper()
	return do(t, users.List(dir, sealer{}), http.MethodGet, "/users?"+rawQuery, "", "")
}

func decodePage(t *testing.T, w *httptest.ResponseRecorder) page {
	t.Helper()
	var p page
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return p
}

func TestListQuery(t *testing.T) {
	tests := map[string]struct {
		query string
		want  listing
	}{
		"no parameters": {"", listing{Sort: users.Sort{Key: "created_at"}, Limit: 50}},
		"all parameters": {
			"limit=7&search=ad+a&connection=employees&email_verified=true&blocked=false&sort=-last_login" +
				"&created_after=2026-01-01T12:00:00Z&created_before=2026-01-02T12:00:00Z" +
				"&last_login_after=2026-01-03T12:00:00Z&last_login_before=2026-01-04T12:00:00Z",
			listing{
				Filter: users.Filter{
					Search: "ad a", Connection: "employees", EmailVerified: ptr(true), Blocked: ptr(false),
					CreatedAfter: day(1), CreatedBefore: day(2), LastLoginAfter: day(3), LastLoginUntil: day(4),
				},
				Sort: users.Sort{Key: "last_login", Descending: true}, Limit: 7,
			},
		},
		"the maximum search length": {"search=" + strings.Repeat("x", 200), listing{Filter: users.Filter{Search: strings.Repeat("x", 200)}, Sort: users.Sort{Key: "created_at"}, Limit: 50}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			decodePage(t, list(t, dir, tt.query))
			if diff := cmp.Diff(tt.want, dir.listing); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"list"}, dir.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListSorts(t *testing.T) {
	for _, key := range []string{"created_at", "updated_at", "last_login", "email", "name", "nickname", "given_name", "family_name", "username"} {
		for value, want := range map[string]users.Sort{key: {Key: key}, "-" + key: {Key: key, Descending: true}} {
			t.Run(value, func(t *testing.T) {
				dir := &directory{}
				decodePage(t, list(t, dir, "sort="+value))
				if dir.listing.Sort != want || dir.listing.Sort.String() != value {
					t.Errorf("got %+v", dir.listing.Sort)
				}
			})
		}
	}
}

func TestListRefuses(t *testing.T) {
	tests := map[string]struct{ query, field string }{
		"an unknown parameter":         {"q=x", "q"},
		"a parameter of the provider":  {"include_totals=true", "include_totals"},
		"a limit of zero":              {"limit=0", "limit"},
		"a limit too high":             {"limit=101", "limit"},
		"an unknown order":             {"sort=user_id", "sort"},
		"a sort with two signs":        {"sort=--email", "sort"},
		"an invalid address":           {"email=ada", "email"},
		"an address and a search":      {"email=a@b.example&search=a", "search"},
		"an empty search":              {"search=", "search"},
		"a search too long":            {"search=" + strings.Repeat("x", 201), "search"},
		"a search with controls":       {"search=a%0Ab", "search"},
		"an invalid connection":        {"connection=a%22b", "connection"},
		"an invalid blocked":           {"blocked=1", "blocked"},
		"an invalid email_verified":    {"email_verified=yes", "email_verified"},
		"an invalid created_after":     {"created_after=x", "created_after"},
		"an invalid created_before":    {"created_before=x", "created_before"},
		"an invalid last_login_after":  {"last_login_after=x", "last_login_after"},
		"an invalid last_login_before": {"last_login_before=x", "last_login_before"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			w := list(t, dir, tt.query)
			var doc problem.Document
			if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			if doc.Code != "invalid-request" || len(doc.Errors) != 1 || doc.Errors[0].Field != tt.field {
				t.Errorf("got %s", w.Body)
			}
			if len(dir.calls) > 0 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}

func TestListLastPage(t *testing.T) {
	tests := map[string]struct {
		found []users.User
		want  string
	}{
		"no users": {nil, `{"users":[]}`},
		"one user": {[]users.User{{ID: "u"}}, `{"users":[{"id":"u","blocked":false,"logins_count":0,"identities":null,"metadata":null}]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := list(t, &directory{page: users.Page{Users: tt.found}}, "")
			if diff := cmp.Diff(tt.want+"\n", w.Body.String()); diff != "" {
				t.Error(diff)
			}
			if got := w.Header().Get("Link"); got != "" {
				t.Errorf("Link is %s", got)
			}
		})
	}
}

// The cursor in next and in Link continues at the provider's position.
func TestListNextPage(t *testing.T) {
	at := users.Position{After: "2026", Seen: users.Seen(nil).With("u|9"), Absent: true}
	dir := &directory{page: users.Page{Users: []users.User{{ID: "u|9"}}, Next: &at}}
	w := list(t, dir, "sort=-email&limit=1&search=a%26b")
	next := decodePage(t, w).Next

	link, ok := strings.CutSuffix(strings.TrimPrefix(w.Header().Get("Link"), "<?"), `>; rel="next"`)
	values, err := url.ParseQuery(link)
	want := url.Values{"sort": {"-email"}, "limit": {"1"}, "search": {"a&b"}, "cursor": {next}}
	if diff := cmp.Diff(want, values); diff != "" || err != nil || !ok {
		t.Errorf("Link is %s: %v\n%s", w.Header().Get("Link"), err, diff)
	}
	decodePage(t, list(t, dir, link))
	if diff := cmp.Diff(&at, dir.listing.From); diff != "" {
		t.Error(diff)
	}
}

func TestListReturnsProviderErrors(t *testing.T) {
	for name, query := range map[string]string{"list": "", "by email": "email=a@b.example"} {
		t.Run(name, func(t *testing.T) {
			if got := outcome(t, list(t, &directory{err: problem.ProviderTimeout.New("Late.")}, query)); got != "provider-timeout | Late." {
				t.Error(got)
			}
		})
	}
}

func TestListWithoutKeys(t *testing.T) {
	down := problem.ServiceUnavailable.New("No keys.")
	more := users.Page{Users: []users.User{{ID: "u"}}, Next: &users.Position{After: "x"}}
	for name, query := range map[string]string{"sealing a cursor": "", "opening a cursor": "cursor=x"} {
		t.Run(name, func(t *testing.T) {
			w := do(t, users.List(&directory{page: more}, sealer{err: down}), http.MethodGet, "/users?"+query, "", "")
			if got := outcome(t, w); got != "service-unavailable | No keys." || w.Header().Get("Link") != "" {
				t.Error(got, w.Header())
			}
		})
	}
}
