package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/usher"
	"usher/localtenant"
)

// Users have IDs of any form: each is found, shown and changed.
func TestOddIDs(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	for i, id := range []string{
		"auth0|a/b", "auth0|a//b", "auth0|..", "auth0|../../users", "auth0|a%2Fb", "auth0|100%", "auth0|%zz", "auth0|a b", "auth0|a+b", "auth0|a?b=c#d", "auth0|a;b",
		"auth0|a\\b", "auth0|Grüße", "auth0|😀", "auth0|edit", "auth0|\"><b>", "auth0|a&amp;b", "auth0|a,b", "auth0|~.-_", "auth0|{id}",
	} {
		_, err := w.tenant.Tenant.AddUser(localtenant.User{UserID: id, Email: fmt.Sprintf("odd%d@example.com", i), Name: "Odd"})
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		found := b.post("/users", url.Values{"by": {"id"}, "q": {id}})
		row := rowLink.FindStringSubmatch(found.body)
		if row == nil {
			t.Errorf("%s is not found: %s", id, found.body)
			continue
		}
		path := strings.ReplaceAll(row[1], "&amp;", "&")
		if p := b.get(path + "/history"); p.status != 200 {
			t.Errorf("%s: the history is %d", id, p.status)
		}
		p := b.post(path+"/block", nil)
		if p.has(t, "The user is blocked"); !w.isBlocked(id) || p.status != 200 {
			t.Errorf("%s: %d", id, p.status)
		}
	}
}

// A name that shows nothing is no name: the user has a link that people see, and is not deleted by
// an empty confirmation.
func TestNamesThatShowNothing(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	for i, name := range []string{" ", "\u00a0", "\u200b", "\u202e", "\ufeff \u2060", "\u3164", "\u2800", "\u0301", "\u00ad"} {
		id := fmt.Sprintf("sms|%d", i)
		if _, err := w.tenant.Tenant.AddUser(localtenant.User{UserID: id, PhoneNumber: fmt.Sprintf("+1415555010%d", i), Name: name, Connection: "sms"}); err != nil {
			t.Fatal(err)
		}
		phone := fmt.Sprintf("+1415555010%d", i)
		b.get(userPath(id)).has(t, "<h1><bdi>"+strings.ReplaceAll(phone, "+", "&#43;"))
		for _, typed := range []string{"", " ", name} {
			if b.post(userPath(id, "delete"), url.Values{"confirm": {typed}}); w.user(id) == nil {
				t.Fatalf("%q: %q deletes the user", name, typed)
			}
		}
		if b.post(userPath(id, "delete"), url.Values{"confirm": {phone}}); w.user(id) != nil {
			t.Errorf("%q: the shown name does not delete the user", name)
		}
	}
}

// Names of roles count in their exact letters, and the tenant may have many roles.
func TestRolesOfOtherNames(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Usher-Admin", "usher-admin ", "USHER-SUPPORT", "usher\u2010admin", "everything", ""} {
		if name != "" {
			w.giveRole(auditorID, w.tenant.Tenant.AddRole(name, ""))
		}
	}
	b := w.staff(auditorEmail)
	if p := b.post(userPath(customerID, "block"), nil); p.status != 403 || w.isBlocked(customerID) {
		t.Errorf("a role of a similar name gives permissions: %d", p.status)
	}
	last := ""
	for i := range 980 {
		last = w.tenant.Tenant.AddRole(fmt.Sprintf("role %03d", i), "")
	}
	clerk := w.staff(clerkEmail)
	if p := clerk.get(userPath(customerID, "roles")); strings.Count(p.body, `type="checkbox"`) < 980 {
		t.Errorf("%d roles are shown", strings.Count(p.body, `type="checkbox"`))
	}
	clerk.post(userPath(customerID, "set-roles"), url.Values{"role": {last}}).has(t, "The roles are set.")
	if got := w.roleIDs(customerID); !slices.Equal(got, []string{last}) {
		t.Errorf("roles %q", got)
	}
}

// A document is stored exactly as the text has it, or not at all.
func TestOddDocuments(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	path := userPath(customerID, "save-app-metadata")
	save := func(text, step string) page {
		etag := w.etag("/app-metadata/" + url.PathEscape(customerID))
		return b.post(path, url.Values{"etag": {etag}, "json": {text}, "step": {step}})
	}
	for text, told := range map[string]string{
		`{"a":1,"a":2}`:                  "has the member &#34;a&#34; twice",
		`{"a":{"b":1,"c":2,"\u0062":3}}`: "has the member &#34;b&#34; twice",
		`{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`: "has too many levels",
		`{"a":[1,{"b":0.1}],"c":12345678901234567}`:                           "The number 12345678901234567 would lose digits",
		`{"a":1e-400}`:       "The number 1e-400 would lose digits",
		`{"a":1e-999999999}`: "would lose digits",
		`{"a":1` + strings.Repeat("0", 100_000) + `}`: "would lose digits",
		`{"a":12345678901234567890}`:                  "would lose digits",
		`{"a":0.1234567890123456789012}`:              "The number 0.1234567890123456789012 would lose digits",
		`{"a":1e400}`:                                 "would lose digits",
		"{\"a\":\"\xff\"}":                            "is not UTF-8",
		`{"a":"\ud800"}`:                              "did not accept",
	} {
		before := fmt.Sprint(w.user(customerID)["app_metadata"])
		p := save(text, "save")
		if p.has(t, told); p.status != 422 || fmt.Sprint(w.user(customerID)["app_metadata"]) != before {
			t.Errorf("%.60s: %d, stored %v", text, p.status, w.user(customerID)["app_metadata"])
		}
	}
	// The review tells apart what looks alike.
	w.setUser(customerID, map[string]any{"app_metadata": map[string]any{"a": map[string]any{"b": 1}, "text": "ab"}})
	review := save(`{"a":{"b":1},"a.b":1,"text":"a`+"\u200b"+`b","back":"`+"\u202e"+`"}`, "review")
	review.has(t, "<bdi>&#34;a.b&#34;</bdi>", `&#34;a\u200bb&#34;`, `&#34;\u202e&#34;`)
	review.lacks(t, "<bdi>a.b</bdi>")
	save(`{"notes":"`+strings.Repeat("<&'+% \u2028", 200)+`","numbers":[0.1,-0,0e9,1e3,1.50,12345678901234568]}`, "save").has(t, "the new values are stored")

	// Another program stores more than Usher accepts. The page shows it, and it can be made smaller.
	w.setUser(customerID, map[string]any{"app_metadata": map[string]any{"plan": "pro", "notes": strings.Repeat("é\" ", 50_000)}})
	if p := b.get(userPath(customerID, "app-metadata")); p.status != 200 || len(p.body) < 200_000 {
		t.Errorf("%d, %d bytes", p.status, len(p.body))
	}
	save(`{"plan":"pro"}`, "save").has(t, "the new values are stored")
}

// A check of a person tells how it was when it began, however long it took.
func TestSlowCheckOfStaff(t *testing.T) {
	var started atomic.Pointer[world]
	var slow atomic.Bool
	w := newWorld(t, func(o *console.Options) {
		proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w := started.Load()
			to, err := url.Parse(w.service)
			if err != nil {
				t.Error(err)
			}
			httputil.NewSingleHostReverseProxy(to).ServeHTTP(rw, r)
			if strings.HasPrefix(r.URL.Path, "/user-roles/") && slow.CompareAndSwap(true, false) {
				// After the response was made, and of no effect on the other call of the check.
				w.manage("DELETE", "/api/v2/users/"+url.PathEscape(supportID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000003"}})
				w.clock.Advance(50 * time.Second)
			}
		}))
		t.Cleanup(proxy.Close)
		o.Usher = usher.New(proxy.URL, usher.Timeout, nil)
	})
	started.Store(w)
	b := w.staff(supportEmail)
	w.clock.Advance(time.Minute)
	slow.Store(true)
	if p := b.get("/users"); p.status != 200 {
		t.Errorf("during the check: %d", p.status)
	}
	w.clock.Advance(10 * time.Second)
	if p := b.get("/users"); p.status != 403 {
		t.Errorf("a minute after the check began: %d", p.status)
	}
}
