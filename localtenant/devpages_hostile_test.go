package localtenant_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/localtenant/devpages"
	"usher/localtenant/tenanttest"
)

// hostile are texts that could run code or break a page.
var hostile = map[string]string{
	"script":            `<script>alert(1)</script>`,
	"closing tags":      `</title></textarea></select></td></table></pre></iframe><script>alert(1)</script>`,
	"double quotes":     `" onmouseover="alert(1)" autofocus onfocus="alert(1)`,
	"single quotes":     `' onmouseover='alert(1)' x='`,
	"back quotes":       "` onmouseover=`alert(1)`",
	"image":             `<img src=x onerror=alert(1)>`,
	"javascript URL":    `javascript:alert(1)`,
	"disguised URL":     "java\tscript:alert(1)//",
	"data URL":          `data:text/html,<script>alert(1)</script>`,
	"style":             `</style><style>*{display:none}</style>`,
	"template":          `{{.Data}}{{template "form"}}${alert(1)}<%= 1 %>`,
	"comment":           `<!-- --!><script>alert(1)</script>`,
	"CDATA":             `]]><script>alert(1)</script>`,
	"entity":            `&lt;script&gt;&#x3c;script&#x3e;`,
	"null byte":         "a\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
	"control":           "a\x01\x1b[31m\x7f\u0085\u2028",
	"right to left":     "\u202e\u2067gnp.exe\u200f<b>",
	"long word":         strings.Repeat("w", 5000),
	"long tag":          strings.Repeat("<b>", 2000),
	"lines":             "a\r\nSet-Cookie: x=y\r\n\r\n<script>alert(1)</script>",
	"not UTF-8":         "\xff\xfe<script>\xc0\xbc",
	"path":              `../../../etc/passwd?x=#y`,
	"percent":           `%3Cscript%3E%00%2e%2e/`,
	"new window":        `<a href="https://evil.example" target="_top">x</a>`,
	"form":              `</form><form action="https://evil.example"><input name=q>`,
	"base":              `<base href="https://evil.example/">`,
	"refresh":           `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
	"MathML and SVG":    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	"attribute and tag": `x"><svg/onload=alert(1)>`,
}

// skeleton is a page without its texts: names of elements and of attributes.
func skeleton(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			b.WriteString(n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// hostilePaths are all pages, and those with a text in their address.
func hostilePaths(s *tenanttest.Server, text string) []string {
	q := url.QueryEscape(text)
	paths := devPaths(s)
	for _, path := range []string{"users?q=", "log?q=nobody+", "users?page=", "mails?done=", "user?id=", "user?id=auth0%7C"} {
		paths = append(paths, devpages.Root+path+q)
	}
	for _, path := range []string{"mails/", "log/", "nothing/"} {
		paths = append(paths, devpages.Root+path+url.PathEscape(text))
	}
	for _, line := range s.Tenant.Log() {
		paths = append(paths, devpages.Root+"log/"+line.ID)
	}
	return paths
}

// With any text in its data and in its address, a page has the elements that it has with a plain word.
func TestDevPagesHostileData(t *testing.T) {
	const plain = "zebra"
	want := map[int]string{}
	visit := func(t *testing.T, s *tenanttest.Server, text string, each func(i int, path string, root *html.Node)) {
		for i, path := range hostilePaths(s, text) {
			resp, root := shows(t, s, path)
			if resp.StatusCode/100 == 3 { // the path was not a clean one
				continue
			}
			if resp.StatusCode != 200 && resp.StatusCode != 404 {
				t.Errorf("%.200s: %d", path, resp.StatusCode)
			}
			each(i, path, root)
		}
	}
	visit(t, used(t, plain), plain, func(i int, _ string, root *html.Node) { want[i] = skeleton(root) })
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			visit(t, used(t, text), text, func(i int, path string, root *html.Node) {
				if faults := dangers(root); len(faults) > 0 {
					t.Errorf("%.200s: %q", path, faults)
				}
				if skeleton(root) != want[i] {
					t.Errorf("%.200s has other elements than with a plain word", path)
				}
			})
		})
	}
}

// A form that is refused shows what was typed, whatever it is.
func TestDevPagesHostileForms(t *testing.T) {
	s := used(t, "Rosa")
	for _, path := range devForms(s) {
		if path == rotateKey { // takes long
			continue
		}
		page := devpages.Root + strings.Split(strings.TrimPrefix(path, devpages.Root), "/")[0]
		_, root := shows(t, s, strings.TrimSuffix(page, "overview"))
		names := map[string]bool{}
		for _, n := range elements(root, "") {
			if slices.Contains([]string{"input", "select", "textarea"}, n.Data) {
				names[attribute(n, "name")] = true
			}
		}
		for name, typed := range hostile {
			form := url.Values{}
			for field := range names {
				form.Set(field, typed)
			}
			resp, root := submits(t, s, path, form)
			if resp.StatusCode != 400 && resp.StatusCode != 303 {
				t.Errorf("%s, %s: %d", name, path, resp.StatusCode)
			}
			if faults := dangers(root); len(faults) > 0 {
				t.Errorf("%s, %s: %q", name, path, faults)
			}
		}
	}
}

// Texts are shown whole: what a browser makes of a page is what was stored.
func TestDevPagesShowHostileData(t *testing.T) {
	for name, stored := range hostile {
		s := used(t, stored)
		_, root := shows(t, s, devpages.Root+"faults")
		want := strings.ToValidUTF8(strings.NewReplacer("\x00", "\ufffd").Replace(stored), "\ufffd")
		_, users := shows(t, s, devpages.Root+"users")
		if !strings.Contains(normal(text(users)), normal(want)) {
			t.Errorf("%s: the list of users lacks %q", name, want)
		}
		for _, r := range text(root) {
			if strings.ContainsRune("\u202e\u2067\u200f\x01\x1b\x7f\u0085", r) {
				t.Errorf("%s: JSON shows %q as it is", name, r)
			}
		}
	}
}

// normal is a text as HTML parsers read it.
func normal(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufffd\ufffd", "\ufffd").Replace(text)
}
