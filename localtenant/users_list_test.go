package localtenant_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func fill(t *testing.T, s *tenanttest.Server, n int) {
	t.Helper()
	born := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		_, err := s.Tenant.AddUser(localtenant.User{
			Email: fmt.Sprintf("user%05d@example.com", i), CreatedAt: born.Add(time.Duration(i/10) * time.Minute), Password: "x",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func emails(users []map[string]any) []string {
	out := []string{}
	for _, u := range users {
		out = append(out, strings.TrimSuffix(fmt.Sprint(u["email"]), "@example.com"))
	}
	return out
}

func TestListUsers(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for name, c := range map[string]struct {
		query map[string]string
		want  []string
	}{
		"all":           {nil, []string{"ada", "grace", "alan", "katherine", "linus", "radia"}},
		"newest first":  {map[string]string{"sort": "created_at:-1"}, []string{"radia", "linus", "katherine", "alan", "grace", "ada"}},
		"by email":      {map[string]string{"sort": "email:1"}, []string{"ada", "alan", "grace", "katherine", "linus", "radia"}},
		"missing last":  {map[string]string{"sort": "given_name:-1"}, []string{"radia", "katherine", "grace", "alan", "ada", "linus"}},
		"page":          {map[string]string{"sort": "email:1", "per_page": "2", "page": "1"}, []string{"grace", "katherine"}},
		"past the end":  {map[string]string{"per_page": "10", "page": "1"}, []string{}},
		"search":        {map[string]string{"q": `email:"ADA@example.com"`}, []string{"ada"}},
		"connection":    {map[string]string{"q": `identities.connection:"github"`}, []string{"linus"}},
		"parameter":     {map[string]string{"connection": "github"}, []string{"linus"}},
		"blocked":       {map[string]string{"q": "blocked:true"}, []string{"katherine"}},
		"not blocked":   {map[string]string{"q": "NOT blocked:true AND email_verified:true AND _exists_:family_name"}, []string{"ada", "grace", "radia"}},
		"created":       {map[string]string{"q": "created_at:[2024-03-01 TO 2024-03-02]"}, []string{"ada", "grace"}},
		"app metadata":  {map[string]string{"q": `app_metadata.plan:"pro"`}, []string{"ada"}},
		"user metadata": {map[string]string{"q": `user_metadata.language:en`}, []string{"ada"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := url.Values{}
			for k, v := range c.query {
				q.Set(k, v)
			}
			if diff := cmp.Diff(c.want, emails(a.list("/api/v2/users?"+q.Encode()))); diff != "" {
				t.Error(diff)
			}
		})
	}
	got := a.obj("GET", "/api/v2/users?include_totals=true&per_page=4&page=1", nil, 200)
	if got["start"] != 4.0 || got["limit"] != 4.0 || got["length"] != 2.0 || got["total"] != 6.0 || len(got["users"].([]any)) != 2 {
		t.Errorf("totals %v", got)
	}
}

func TestListUsersRefuses(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for query, want := range map[string]string{
		"per_page=101":             "Query validation error: 'Value 101 is greater than maximum 100' on property per_page.",
		"per_page=x":               "Query validation error: 'Expected type integer but found type string' on property per_page.",
		"page=-1":                  "Query validation error: 'Value -1 is less than minimum 0' on property page.",
		"include_totals=yes":       "Query validation error: 'Expected type boolean but found type string' on property include_totals.",
		"sort=email":               `Query validation error: 'String does not match pattern ^(([a-zA-Z0-9_\\.]+))\:(1|-1)$: email' on property sort.`,
		"search_engine=v4":         "Query validation error: 'No enum match for: v4' on property search_engine.",
		"search_engine=v2":         "The search engine v2 is no longer available. Please use v3.",
		"q=email:%22open":          "Invalid query string (q): position 6: a phrase without its closing quote",
		"page=10&per_page=100":     "You can only page through the first 1000 records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation",
		"page=9&per_page=100":      "",
		"page=999999999999999999":  "You can only page through the first 1000 records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation",
		"search_engine=v3&other=1": "",
	} {
		status, body := a.call("GET", "/api/v2/users?"+query, nil)
		if want == "" {
			if status != 200 {
				t.Errorf("%s: %d %v", query, status, body)
			}
			continue
		}
		if m, _ := body.(map[string]any); status != 400 || m["message"] != want || m["errorCode"] == nil {
			t.Errorf("%s: %d %v, want %s", query, status, body, want)
		}
	}
}

func TestDefaultPageSize(t *testing.T) {
	s := tenanttest.Start(t, empty)
	fill(t, s, 60)
	a := newAPI(t, s)
	if n := len(a.list("/api/v2/users")); n != 50 {
		t.Errorf("%d users, want 50", n)
	}
	if n := len(a.list("/api/v2/users?per_page=100")); n != 60 {
		t.Errorf("%d users, want 60", n)
	}
}

// TestManyUsers: the pages of a big tenant have each user once.
func TestManyUsers(t *testing.T) {
	s := tenanttest.Start(t, empty)
	fill(t, s, 20_000)
	a := newAPI(t, s)
	seen := map[any]bool{}
	for page := range 10 {
		for _, u := range a.list(fmt.Sprintf("/api/v2/users?per_page=100&sort=created_at:1&page=%d", page)) {
			seen[u["user_id"]] = true
		}
	}
	if len(seen) != 1000 {
		t.Errorf("%d users in 10 pages of 100", len(seen))
	}
}

func TestConnections(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	body := a.obj("GET", "/api/v2/connections?include_totals=true&name="+localtenant.Connection, nil, 200)
	conn := body["connections"].([]any)[0].(map[string]any)
	options := conn["options"].(map[string]any)
	if body["total"] != 1.0 || options["passwordPolicy"] != "good" ||
		!cmp.Equal(options["password_complexity_options"], map[string]any{"min_length": 8.0}) {
		t.Errorf("body %v", body)
	}
	if got := a.obj("GET", "/api/v2/connections/"+conn["id"].(string), nil, 200); !cmp.Equal(got, conn) {
		t.Errorf("got %v", got)
	}
	if n := len(a.list("/api/v2/connections?strategy=github&strategy=apple")); n != 2 {
		t.Errorf("%d connections of two strategies", n)
	}
	if got := a.obj("GET", "/api/v2/connections/con_nope000000000000", nil, 404); got["errorCode"] != "inexistent_connection" {
		t.Errorf("got %v", got)
	}
	if got := a.list("/api/v2/connections?fields=name"); !cmp.Equal(keys(got[0]), []string{"name"}) {
		t.Errorf("got %v", got[0])
	}
}
