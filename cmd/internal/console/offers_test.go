package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A person is offered no page that they may not see: every link of every page that they reach works.
func TestLinksWork(t *testing.T) {
	w := newWorld(t)
	for person := range permitted {
		b := w.staff(person)
		queue, seen, titles := []string{"/users"}, map[string]bool{"/users": true}, map[string]string{}
		for _, id := range idOf {
			queue, seen[userPath(id)] = append(queue, userPath(id)), true
		}
		for len(queue) > 0 {
			path := queue[0]
			queue = queue[1:]
			p := b.get(path)
			if p.status != 200 {
				t.Errorf("%s is offered %s, which is %d", person, path, p.status)
			}
			root, err := html.Parse(strings.NewReader(p.body))
			if err != nil {
				t.Fatal(err)
			}
			for n := range root.Descendants() {
				if n.Data == "title" && n.Parent.Data == "head" {
					if other := titles[n.FirstChild.Data]; other != "" && !strings.Contains(path, "?") {
						t.Errorf("%s and %s have the title %q", path, other, n.FirstChild.Data)
					}
					titles[n.FirstChild.Data] = path
				}
				for _, a := range n.Attr {
					own := strings.HasPrefix(a.Val, "/") && n.Data == "a" && a.Key == "href"
					offered := userPath(customerID) // each other user has the same sections
					if related := !strings.HasPrefix(a.Val, "/users/") || strings.HasPrefix(a.Val, offered) || strings.HasPrefix(a.Val, userPath(adminID)); own && related && a.Val != "/" && !seen[a.Val] {
						seen[a.Val] = true
						queue = append(queue, a.Val)
					}
				}
			}
		}
		if len(seen) < 6 {
			t.Errorf("%s has seen only %d pages", person, len(seen))
		}
	}
}

// A role that is taken while a form is open counts: the form has no effect.
func TestRoleRemovedWithinAForm(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	shown := b.get(userPath(customerID))
	etag := w.etag("/users/" + url.PathEscape(customerID))
	w.manage("DELETE", "/api/v2/users/"+url.PathEscape(adminID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000004"}})
	w.giveRole(adminID, "rol_Local00000000003") // support remains
	w.tenant.Tenant.ResetStats()
	for name, form := range map[string]url.Values{
		"edit": {"name": {"Eve"}, "etag": {etag}}, "delete": {"confirm": {customerEmail}}, "set-roles": {"role": {"rol_Local00000000001"}},
		"save-metadata": {"json": {`{"a":1}`}, "step": {"save"}}, "save-app-metadata": {"json": {`{"a":1}`}, "step": {"save"}},
	} {
		if p := b.post(userPath(customerID, name), form); p.status != 403 {
			t.Errorf("%s: %d", name, p.status)
		}
	}
	if p := b.post("/invite", url.Values{"email": {"eve@example.com"}}); p.status != 403 || w.writes() != 0 {
		t.Errorf("%d, %v", p.status, w.tenant.Tenant.Stats().Routes)
	}
	path := userPath(customerID, "password-link")
	b.post(path, url.Values{"key": {shown.key(path)}, "ttl": {"3600"}}).has(t, "ticket=") // support may do that
	if p := b.get(userPath(customerID, "metadata")); p.status != 403 {
		t.Errorf("a section is still served: %d", p.status)
	}
}

// After a sign-out, neither the button "back" nor a form of the old page shows or does anything.
func TestBackAfterSignOut(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	old := b.get(userPath(customerID))
	if cache := old.header.Get("Cache-Control"); !slices.Contains(strings.Split(cache, ", "), "no-store") {
		t.Errorf("the page may be cached: %s", cache)
	}
	csrf := b.csrf
	b.post("/sign-out", nil)
	b.signIn(supportEmail)
	w.tenant.Tenant.ResetStats()
	b.csrf = csrf
	p := b.post(userPath(customerID, "block"), nil)
	if p.status != 403 || w.writes() != 0 {
		t.Errorf("%d, %v", p.status, w.tenant.Tenant.Stats().Routes)
	}
	p.has(t, "This form belongs to another session")
}
