package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
)

func TestFind(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	tests := map[string]struct {
		by, text    string
		has, lacks  string
		usersShould int
	}{
		"by the beginning of a name": {"text", "grac", "Grace Hopper", "Ada Lovelace", 1},
		"by address":                 {"email", "ada@example.com", "Ada Lovelace", "Grace Hopper", 1},
		"by ID":                      {"id", customerID, "Ada Lovelace", "Grace Hopper", 1},
		"by an unknown ID":           {"id", "auth0|none", "No user was found", "Ada Lovelace", 0},
		"by an unknown name":         {"text", "nobody at all", "No user was found", "Ada Lovelace", 0},
		"by an address that is none": {"email", "not an address", "did not accept the input", "Ada Lovelace", 0},
		"by nothing":                 {"text", " ", "Ada Lovelace", "No user", 10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := b.post("/users", url.Values{"by": {tt.by}, "q": {tt.text}})
			if p.url != w.url+"/users" {
				t.Errorf("the search leads to %s", p.url)
			}
			p.has(t, tt.has)
			p.lacks(t, tt.lacks)
			if got := strings.Count(p.body, `class="row"`); got != tt.usersShould {
				t.Errorf("%d users", got)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	tests := map[string][]string{
		"blocked=true":                        {"Katherine Johnson"},
		"email_verified=false":                {"Alan Turing"},
		"connection=github":                   {"Linus Torvalds"},
		"connection=staff&sort=-name":         {"Margaret Hamilton", "Hedy Lamarr", "Clara Schumann", "Audrey Tang"},
		"created_before=2024-03-02&sort=name": {"Ada Lovelace"},
	}
	names := regexp.MustCompile(`<strong><bdi>([^<]+)</bdi></strong></bdi>|<strong><bdi>([^<]+)</bdi></strong>`)
	for query, want := range tests {
		p := b.get("/users?" + query)
		var got []string
		for _, found := range names.FindAllStringSubmatch(p.body, -1) {
			got = append(got, found[2])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	b.get("/users?sort=nonsense").has(t, "did not accept the input", "sort")
	b.get("/users?cursor=nonsense").has(t, "cannot be continued")
}

var (
	nextLink   = regexp.MustCompile(`href="(/users\?[^"]+)">Next page`)
	cursorForm = regexp.MustCompile(`name="cursor" value="([^"]+)"`)
	rowLink    = regexp.MustCompile(`class="row" href="([^"]+)"`)
)

// Pages of a list are links with a cursor; those of a search are forms, so that no address or
// name is in a URL.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		_, err := w.tenant.Tenant.AddUser(localtenant.User{Email: fmt.Sprintf("many%02d@example.com", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := w.staff(supportEmail)
	seen := map[string]bool{}
	collect := func(p page) {
		for _, found := range rowLink.FindAllStringSubmatch(p.body, -1) {
			if seen[found[1]] {
				t.Errorf("%s is there twice", found[1])
			}
			seen[found[1]] = true
		}
	}
	p := b.get("/users?email_verified=false")
	for collect(p); nextLink.MatchString(p.body); collect(p) {
		p = b.get(strings.ReplaceAll(nextLink.FindStringSubmatch(p.body)[1], "&amp;", "&"))
	}
	if len(seen) != 61 { // and Alan
		t.Errorf("the list has %d users", len(seen))
	}
	clear(seen)
	p = b.post("/users", url.Values{"by": {"text"}, "q": {"many"}})
	for collect(p); cursorForm.MatchString(p.body); collect(p) {
		p = b.post("/users", url.Values{"by": {"text"}, "q": {"many"}, "cursor": {cursorForm.FindStringSubmatch(p.body)[1]}})
	}
	if len(seen) != 60 {
		t.Errorf("the search has %d users", len(seen))
	}
}

// A list costs one call, and a user's page two.
func TestCalls(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	before := strings.Count(w.audit.String(), "msg=request")
	b.get("/users")
	if got := strings.Count(w.audit.String(), "msg=request") - before; got != 1 {
		t.Errorf("the list costs %d calls", got)
	}
	before = strings.Count(w.audit.String(), "msg=request")
	b.get(userPath(customerID))
	if got := strings.Count(w.audit.String(), "msg=request") - before; got != 2 {
		t.Errorf("the user's page costs %d calls", got)
	}
}

func TestNoSuchUser(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	p := b.get(userPath("auth0|none"))
	if p.status != 404 {
		t.Errorf("%d", p.status)
	}
	p.has(t, "There is no such user.")
}
