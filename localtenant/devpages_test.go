package localtenant_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/localtenant"
	"usher/localtenant/devpages"
	"usher/localtenant/tenanttest"
)

// newDevTenant starts a tenant without users.
func newDevTenant(t *testing.T) *tenanttest.Server { return tenanttest.Start(t, empty) }

// Every page is a whole document, in an empty tenant and in a used one.
func TestDevPages(t *testing.T) {
	for name, s := range map[string]*tenanttest.Server{"empty": newDevTenant(t), "used": used(t, "Rosa")} {
		found := 0
		for _, path := range devPaths(s) {
			resp, root := shows(t, s, path)
			switch {
			case resp.StatusCode == http.StatusOK:
				found++
			case resp.StatusCode != http.StatusNotFound:
				t.Errorf("%s, %s: %d", name, path, resp.StatusCode)
			case strings.HasSuffix(path, "/body"): // of no mail: only a frame asks for it
				continue
			}
			if faults := faultsOf(resp, root); len(faults) > 0 {
				t.Errorf("%s, %s: %s", name, path, strings.Join(faults, "; "))
			}
		}
		if want := map[string]int{"empty": 11, "used": 15}[name]; found != want {
			t.Errorf("%s: %d pages were found, want %d", name, found, want)
		}
	}
}

// faultsOf lists what is wrong with a page that is wrong for any content.
func faultsOf(resp *http.Response, root *html.Node) (faults []string) {
	wrong := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	h, policy := resp.Header, resp.Header.Get("Content-Security-Policy")
	framed := strings.HasSuffix(resp.Request.URL.Path, "/body")
	want := "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if framed {
		want = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
	}
	if policy != want {
		wrong("policy %q", policy)
	}
	if referrer := h.Get("Referrer-Policy"); referrer != "no-referrer" && referrer != "same-origin" {
		wrong("referrer policy %q", referrer)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := h.Get(name); got != want {
			wrong("%s is %q", name, got)
		}
	}
	if lang := attribute(elements(root, "html")[0], "lang"); lang != "en" {
		wrong("the language is %q", lang)
	}
	if titles := elements(root, "title"); len(titles) != 1 || !strings.HasSuffix(text(titles[0]), " – local tenant") {
		wrong("%d titles", len(titles))
	}
	if n := len(elements(root, "h1")); n != 1 {
		wrong("%d h1", n)
	}
	if n := len(elements(root, "main")); n != 1 {
		wrong("%d main", n)
	}
	ids := map[string]bool{}
	for _, n := range elements(root, "") {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				wrong("two elements are #%s", id)
			}
			ids[id] = true
		}
	}
	described := map[string]bool{}
	for _, n := range elements(root, "") {
		for id := range strings.FieldsSeq(attribute(n, "aria-describedby")) {
			described[id] = true
		}
	}
	for id := range ids {
		if strings.HasSuffix(id, "-hint") && !described[id] {
			wrong("no field is described by #%s", id)
		}
	}
	level := 0
	for _, n := range elements(root, "") {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			if next := int(n.Data[1] - '0'); next > level+1 {
				wrong("%s after a heading of level %d", n.Data, level)
			}
			level = int(n.Data[1] - '0')
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby", "for"} {
			for id := range strings.FieldsSeq(attribute(n, name)) {
				if !ids[id] {
					wrong("%s of %s names no element: %s", name, n.Data, id)
				}
			}
		}
		switch n.Data {
		case "input", "select", "textarea":
			if !labelled(root, n) {
				wrong("a field without a label: %s", attribute(n, "name"))
			}
		case "table":
			if len(elements(n, "caption")) != 1 {
				wrong("a table without a caption")
			}
		case "th":
			if attribute(n, "scope") == "" {
				wrong("a header without a scope: %s", text(n))
			}
		case "fieldset":
			if len(elements(n, "legend")) != 1 {
				wrong("a group without a legend")
			}
		}
	}
	return append(faults, dangers(root)...)
}

// labelled reports whether a field has a label, around it or by its ID.
func labelled(root, field *html.Node) bool {
	for n := field.Parent; n != nil; n = n.Parent {
		if n.Data == "label" {
			return strings.TrimSpace(text(n)) != ""
		}
	}
	return slices.ContainsFunc(elements(root, "label"), func(l *html.Node) bool {
		return attribute(l, "for") == attribute(field, "id") && strings.TrimSpace(text(l)) != ""
	})
}

// dangers lists what could run code, load from elsewhere or leave this server.
func dangers(root *html.Node) (faults []string) {
	framed := len(elements(root, "base")) > 0
	for _, n := range elements(root, "") {
		if slices.Contains([]string{"script", "style", "img", "svg", "math", "object", "embed", "video", "audio"}, n.Data) {
			faults = append(faults, "an element "+n.Data)
		}
		for _, a := range n.Attr {
			local := strings.HasPrefix(a.Val, devpages.Root) || strings.HasPrefix(a.Val, "?") || a.Val == "#main"
			link := framed && n.Data == "a" && strings.HasPrefix(a.Val, "http://127.0.0.1:") && attribute(n, "rel") == "noopener noreferrer"
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc":
				faults = append(faults, "an attribute "+a.Key)
			case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && !local && !link:
				faults = append(faults, a.Key+"="+a.Val)
			}
		}
	}
	return faults
}

func TestDevPagesRedirect(t *testing.T) {
	s := newDevTenant(t)
	resp, _ := shows(t, s, "/_tenant/")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != devpages.Root {
		t.Errorf("%d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if n := s.Tenant.Stats().Requests; n != 0 {
		t.Errorf("%d requests are in the statistics", n)
	}
	if resp, _ := shows(t, s, devpages.Root+"style.css"); resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the stylesheet: %d %v", resp.StatusCode, resp.Header)
	}
}

// Only a page with forms sends a referrer, and only to this server: see devpages.Site.Render.
func TestDevPagesReferrer(t *testing.T) {
	s := used(t, "Rosa")
	for path, want := range map[string]string{
		"mails/1": "no-referrer", "mails/1/body": "no-referrer", "user?id=" + url.QueryEscape(ada): "no-referrer", "log": "no-referrer", "nothing": "no-referrer",
		"style.css": "no-referrer", "": "same-origin", "users": "same-origin", "clock": "same-origin",
	} {
		if resp, _ := shows(t, s, devpages.Root+path); resp.Header.Get("Referrer-Policy") != want {
			t.Errorf("%s: %s", path, resp.Header.Get("Referrer-Policy"))
		}
	}
}

// The navigation leads to each page that is in it, and marks the one that is shown.
func TestDevPagesNavigation(t *testing.T) {
	s := used(t, "Rosa")
	_, root := shows(t, s, devpages.Root)
	var links []string
	for _, n := range elements(elements(root, "nav")[0], "a") {
		links = append(links, attribute(n, "href"))
	}
	if len(links) != 11 {
		t.Fatalf("links %q", links)
	}
	for _, link := range links {
		resp, root := shows(t, s, link)
		current := 0
		for _, n := range elements(elements(root, "nav")[0], "a") {
			if attribute(n, "aria-current") == "page" && attribute(n, "href") == link {
				current++
			}
		}
		if resp.StatusCode != 200 || current != 1 {
			t.Errorf("%s: %d, marked %d times", link, resp.StatusCode, current)
		}
	}
	for path, parent := range map[string]string{"mails/1": "mails", "user?id=" + url.QueryEscape(ada): "users"} {
		_, root := shows(t, s, devpages.Root+path)
		if current := marked(root); current != devpages.Root+parent {
			t.Errorf("%s marks %q", path, current)
		}
	}
}

func marked(root *html.Node) string {
	for _, n := range elements(elements(root, "nav")[0], "a") {
		if attribute(n, "aria-current") == "page" {
			return attribute(n, "href")
		}
	}
	return ""
}

// A list of many users has parts, and a search keeps to what it found.
func TestDevPagesManyUsers(t *testing.T) {
	s := newDevTenant(t)
	for i := range 120 {
		if _, err := s.Tenant.AddUser(localtenant.User{Email: fmt.Sprintf("user-%03d@example.com", i), Name: []string{"even", "odd"}[i%2]}); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]struct {
		rows        int
		first, text string
		links       string
	}{
		"users":                 {50, "user-119@example.com", "1 to 50 of 120", "?page=2"},
		"users?page=2":          {50, "user-069@example.com", "51 to 100 of 120", "?page=1 ?page=3"},
		"users?page=3":          {20, "user-019@example.com", "101 to 120 of 120", "?page=2"},
		"users?page=99":         {20, "user-019@example.com", "101 to 120 of 120", "?page=2"},
		"users?page=-1":         {50, "user-119@example.com", "1 to 50 of 120", "?page=2"},
		"users?page=x&done=add": {50, "user-119@example.com", "1 to 50 of 120", "?page=2"},
		"users?q=ODD":           {50, "user-119@example.com", "1 to 50 of 60", "?page=2&q=ODD"},
		"users?q=user-007":      {1, "user-007@example.com", "1 to 1 of 1", ""},
		"users?q=+user-007+":    {1, "user-007@example.com", "1 to 1 of 1", ""},
	} {
		resp, root := shows(t, s, devpages.Root+path)
		rows := elements(elements(root, "tbody")[0], "tr")
		var links []string
		for _, n := range elements(root, "a") {
			if rel := attribute(n, "rel"); rel == "prev" || rel == "next" {
				links = append(links, attribute(n, "href"))
			}
		}
		if len(rows) != want.rows || !strings.Contains(text(rows[0]), want.first) || !strings.Contains(text(root), want.text) || strings.Join(links, " ") != want.links {
			t.Errorf("%s: %d rows, the first %q, links %q", path, len(rows), text(rows[0]), links)
		}
		if faults := faultsOf(resp, root); len(faults) > 0 {
			t.Errorf("%s: %s", path, strings.Join(faults, "; "))
		}
	}
	_, root := shows(t, s, devpages.Root+"users?q=nobody")
	if !strings.Contains(text(root), "No user has “nobody”") || len(elements(root, "table")) != 0 {
		t.Errorf("nothing found: %s", text(root))
	}
}

// What happened in the tenant is on its pages.
func TestDevPagesContent(t *testing.T) {
	s := used(t, "Rosa")
	for path, texts := range map[string][]string{
		"":                                  {"3 Mails", "9 Users", "3 Faults", "self-service Plan", "on time Clock", "off Quirks", "GET /authorize", "secret Rosa"},
		"mails":                             {"Verify your email", "ada@example.com", "verify_email", "import_email"},
		"mails/1":                           {"ada@example.com", s.URL + "/u/email-verification?ticket="},
		"mails/1/body":                      {"Hello ada@example.com", "Verify the address", s.URL + "/u/email-verification?ticket="},
		"mails/3/body":                      {"The import of users has ended."},
		"users?q=second":                    {"second Rosa", "connection Rosa", "auth0|Rosa", "1 to 1 of 1"},
		"users?q=katherine":                 {"blocked"},
		"user?id=" + url.QueryEscape(ada):   {`"nickname": "ada"`, `"plan": "pro"`, `"name": "role Rosa"`, "Successful login", "agent Rosa"},
		"log":                               {"Wrong email or password.", "nobody Rosa", "PATCH /api/v2/users/", "answered 200", "code Rosa"},
		"log?q=nobody+rosa":                 {"1 to 1 of 1"},
		"log?q=zzz":                         {"No line has “zzz” in it."},
		"faults":                            {"waits 250ms, then answers 429", "2 more times", "with probability 0.05", "one in 3 requests", `"X-Rosa"`},
		"limits":                            {"Read Users", "500/minute", "GET /api/v2/users-by-email", "all others of this API"},
		"imports":                           {"completed", `"inserted": 1`, `"DUPLICATED_USER"`},
		"keys":                              {"secret Rosa", "usher-local-secret, still valid for some requests"},
		"signin":                            {"type Rosa", "https://Rosa"},
		"mails/4":                           {"There is no such mail."},
		"mails/x":                           {"There is no such mail."},
		"user?id=nobody":                    {"The user does not exist."},
		"log/nothing":                       {"Log not found."},
		"nothing/at/all":                    {"There is no such page."},
		"mails?done=clear":                  {"The outbox is empty."},
		"users?done=add":                    {"The user is added."},
		"users?done=Your+account+is+closed": {"Search users"},
	} {
		_, root := shows(t, s, devpages.Root+path)
		all := strings.Join(strings.Fields(text(root)), " ")
		for _, want := range texts {
			if !strings.Contains(all, want) {
				t.Errorf("%s lacks %q: %s", path, want, all)
			}
		}
		if strings.Contains(all, "closed") {
			t.Errorf("%s shows a message from its address", path)
		}
	}
}

// A limit's rest is what requests have left of it.
func TestDevPagesLimitsLeft(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	configure(t, s, func(c *localtenant.Settings) { c.Plan = localtenant.PlanSelfService })
	newAPI(t, s).list("/api/v2/users")
	_, root := shows(t, s, devpages.Root+"limits")
	for _, row := range elements(root, "tr") {
		if th := elements(row, "th"); text(th[0]) == "Read Users" {
			if left := text(elements(row, "td")[0]); left != "39" {
				t.Errorf("%s are left, want 39", left)
			}
			return
		}
	}
	t.Error("no such limit")
}
