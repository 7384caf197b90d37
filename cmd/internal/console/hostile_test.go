package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/localtenant"
)

// hostile are texts that would run code or break a page if one place did not escape them.
var hostile = map[string]string{
	"script":          `<script>alert(1)</script>`,
	"image":           `<img src=x onerror=alert(1)>`,
	"attribute":       `" autofocus onfocus=alert(1) x="`,
	"single quotes":   `' onmouseover='alert(1)`,
	"end of the tag":  `--></title></bdi></script><svg onload=alert(1)>`,
	"template":        `{{.CSRF}} ${alert(1)} {{template "layout"}}`,
	"entity":          `&lt;script&gt;alert(1)&lt;/script&gt; &#60;`,
	"link":            `javascript:alert(1)`,
	"form":            `</form><form action=https://evil.example><input name=csrf>`,
	"base":            `<base href=https://evil.example>`,
	"style":           `<style>*{display:none}</style>`,
	"right to left":   "\u202egnp.exe\u202c \u2066x",
	"zero width":      "a\u200bb\ufeffc",
	"long":            strings.Repeat("W", 299),
	"combining marks": "Z" + strings.Repeat("\u0301", 200),
	"query":           `name:* OR "(\ AND [* TO`,
	"not letters":     "☃\U0001F600",
}

// tags counts what a page has of each element.
func tags(t *testing.T, text string) map[string]int {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && strings.ContainsAny(n.Data, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") && !isolated(n) {
			t.Errorf("a text changes the direction of what is beside it: <%s>%q", n.Parent.Data, n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("<%s> has the attribute %s=%q", n.Data, a.Key, a.Val)
			}
			if value := strings.ToLower(strings.TrimSpace(a.Val)); strings.HasPrefix(value, "javascript:") && (a.Key == "href" || a.Key == "action" || a.Key == "src") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	return count
}

// isolated reports whether an element keeps the direction of a text from what is beside it.
func isolated(n *html.Node) bool {
	for up := range n.Ancestors() {
		if slices.Contains([]string{"bdi", "pre", "textarea", "option"}, up.Data) {
			return true
		}
	}
	return false
}

// Each text is the name of a user: the pages have the same elements as for a harmless name.
func TestHostileNames(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	add := func(name, id string) {
		t.Helper()
		w.tenant.Tenant.AddConnection(localtenant.NewConnection{Name: name, Strategy: "github"})
		_, err := w.tenant.Tenant.AddUser(localtenant.User{
			UserID: "github|" + id, Email: id + "@hostile.example", Name: name, GivenName: name, FamilyName: name, Nickname: name, Connection: name,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add("Harmless", "harmless")
	pages := func(id string) []map[string]int {
		return []map[string]int{
			tags(t, b.post("/users", url.Values{"by": {"email"}, "q": {id + "@hostile.example"}}).body),
			tags(t, b.get(userPath("github|"+id)).body),
		}
	}
	want := pages("harmless")
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			id := strings.ReplaceAll(name, " ", "-")
			add(text, id)
			for i, got := range pages(id) {
				for tag, count := range want[i] {
					if got[tag] != count {
						t.Errorf("page %d has %d of <%s>, not %d", i, got[tag], tag, count)
					}
				}
				if len(got) != len(want[i]) {
					t.Errorf("page %d has other elements: %v", i, got)
				}
			}
		})
	}
}

// Each text in the place of a search, a filter or an ID.
func TestHostileRequests(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			for _, p := range []page{
				b.post("/users", url.Values{"by": {"text"}, "q": {text}}),
				b.post("/users", url.Values{"by": {"email"}, "q": {text}}),
				b.post("/users", url.Values{"by": {"id"}, "q": {text}}),
				b.post("/users", url.Values{"by": {text}, "q": {"x"}}),
				b.get("/users?sort=" + url.QueryEscape(text) + "&connection=" + url.QueryEscape(text) + "&blocked=" + url.QueryEscape(text)),
				b.get("/users?cursor=" + url.QueryEscape(text)),
				b.get(userPath(text)),
				b.get("/callback?state=" + url.QueryEscape(text) + "&code=" + url.QueryEscape(text)),
				b.get("/login?return_to=" + url.QueryEscape(text)),
				w.newBrowser().get(userPath(text)),
			} {
				if p.status >= 500 {
					t.Errorf("%s: %d %s", p.url, p.status, p.body)
				}
				if strings.HasPrefix(p.url, w.url) && tags(t, p.body)["script"] != 1 {
					t.Errorf("%s has another script", p.url)
				}
			}
		})
	}
}
