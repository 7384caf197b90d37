package auth0

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/users"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// A page has as many users as fit into a response, and into the part of the provider's response that is
// read. In the worst metadata JSON escapes every character, and the Lambda's response escapes it again.
func TestAWalkPastHeavyUsers(t *testing.T) {
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Empty = true })
	var want, got []string
	for i := range 40 {
		id, err := tenant.Tenant.AddUser(localtenant.User{
			UserID: fmt.Sprintf("%02d", i), Email: fmt.Sprintf("u%02d@example.com", i),
			AppMetadata: map[string]any{"quotes": strings.Repeat(`"`, 40_000)},
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users", Status: 200, Body: strings.Repeat(" ", maxBody+1), Times: 1})
	c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
	for at, pages := (*users.Position)(nil), 1; ; pages++ {
		page, err := c.Users().List(t.Context(), users.Filter{}, users.Sort{Key: "created_at"}, at, pageSize)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Users {
			got = append(got, u.ID)
		}
		body, _ := json.Marshal(page.Users)
		if answer, err := json.Marshal(string(body)); err != nil || len(answer) > 6_000_000 || pages > 2 {
			t.Fatalf("page %d has %d bytes in a Lambda's response, %v", pages, len(answer), err)
		}
		if at = page.Next; at == nil {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("walked %d users, want %d, none twice", len(got), len(want))
	}
}

// odds is a transport that removes members from search responses, as if they were
// unreadable: the sort member of some users, and possibly the total.
type odds struct {
	key   string
	is    func(id string) bool
	total bool // remove the total
}

func (o odds) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.URL.Path != "/api/v2/users" {
		return resp, err
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	list, _ := answer["users"].([]any)
	for _, user := range list {
		if u, _ := user.(map[string]any); o.is(fmt.Sprint(u["user_id"])) {
			delete(u, o.key)
		}
	}
	if o.total {
		delete(answer, "total")
	}
	body, err := json.Marshal(answer)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, err
}

// With every sort key, and the odd user at either end of a page or everywhere, each user is returned once.
func TestAWalkPastOddUsers(t *testing.T) {
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Empty = true })
	var ids []string
	for i := range 12 {
		name := fmt.Sprintf("n%02d", i/2)
		id, err := tenant.Tenant.AddUser(localtenant.User{
			UserID: fmt.Sprintf("%02d", i), Email: fmt.Sprintf("u%02d@example.com", i), Username: fmt.Sprintf("u%02d", i),
			Name: name, Nickname: name, GivenName: name, FamilyName: name,
			CreatedAt: time.Date(2026, 1, 1, i/2, 0, 0, 0, time.UTC), LastLogin: time.Date(2026, 2, 1, i/2, 0, 0, 0, time.UTC),
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, key := range allSortKeys {
		for _, limit := range []int{1, 3, 100} {
			for name, is := range map[string]func(i int) bool{
				"none": func(int) bool { return false }, "the first": func(i int) bool { return i%limit == 0 },
				"the last": func(i int) bool { return i%limit == limit-1 }, "every user": func(int) bool { return true },
			} {
				for _, sort := range []users.Sort{{Key: key}, {Key: key, Descending: true}} {
					c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock(), func(o *Options) {
						o.Transport = odds{key: key, total: limit == 3, is: func(id string) bool { return is(slices.Index(ids, id)) }}
					})
					var got []string
					for at, pages := (*users.Position)(nil), 0; ; pages++ {
						page, err := c.Users().List(t.Context(), users.Filter{}, sort, at, limit)
						if err != nil || pages > 2*len(ids) {
							t.Fatalf("%s by %d, %s: %v after %d pages", sort, limit, name, err, pages)
						}
						for _, u := range page.Users {
							got = append(got, u.ID)
						}
						if at = page.Next; at == nil {
							break
						}
					}
					if slices.Sort(got); !slices.Equal(got, ids) {
						t.Errorf("%s by %d, %s: walked %v", sort, limit, name, got)
					}
				}
			}
		}
	}
}
