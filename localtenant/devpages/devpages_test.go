package devpages

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A mail's link is a link only if it is one to a web page.
func TestMailLinks(t *testing.T) {
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for link, href := range map[string]string{
		"http://127.0.0.1:3001/u/reset-password?ticket=a&b=c#": `href="http://127.0.0.1:3001/u/reset-password?ticket=a&amp;b=c#"`,
		"javascript:alert(1)":                      `href="#ZgotmplZ"`,
		"JaVaScRiPt:alert(1)":                      `href="#ZgotmplZ"`,
		" javascript:alert(1)":                     `href="#ZgotmplZ"`,
		"java\tscript:alert(1)":                    `href="#ZgotmplZ"`,
		"data:text/html,<script>alert(1)</script>": `href="#ZgotmplZ"`,
		"vbscript:x":                               `href="#ZgotmplZ"`,
		`http://x/"><script>alert(1)</script>`:     `href="http://x/%22%3e%3cscript%3ealert%281%29%3c/script%3e"`,
	} {
		w := httptest.NewRecorder()
		if err := site.RenderMail(w, Mail{Subject: "Reset", To: "ada@example.com", Kind: "reset_email", Link: link}); err != nil {
			t.Fatal(err)
		}
		body := w.Body.String()
		if strings.Count(body, href) != 2 || strings.Count(body, "href=") != 3 || strings.Contains(body, "<script") {
			t.Errorf("%q: %s", link, body)
		}
	}
}

func TestMailWithoutLink(t *testing.T) {
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := site.RenderMail(w, Mail{Subject: "Done", To: "ada@example.com", Kind: "another"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.Body.String(), "<a") || w.Header().Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

func TestPretty(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{map[string]any{"b": 1, "a": "<&>\""}, "{\n  \"a\": \"<&>\\\"\",\n  \"b\": 1\n}"},
		{"a\u202eb\u200f\u00ad", `"a\u202eb\u200f\u00ad"`},
		{"\x00\x7f\u0085\n", `"\u0000\u007f\u0085\n"`},
		{"\U000e0041", `"<U+E0041>"`},
		{nil, "null"},
	} {
		if got, err := Pretty(c.in); err != nil || got != c.want {
			t.Errorf("%q: %s %v, want %s", c.in, got, err, c.want)
		}
	}
	if _, err := Pretty(func() {}); err == nil {
		t.Error("no error for what is not JSON")
	}
}

func TestPaginate(t *testing.T) {
	items := make([]int, 2*PageSize)
	for i := range items {
		items[i] = i
	}
	for query, want := range map[string]Pager{
		"":               {From: 1, To: 50, Total: 100, Number: 1, Last: 2, Older: "?page=2"},
		"page=2":         {From: 51, To: 100, Total: 100, Number: 2, Last: 2, Newer: "?page=1"},
		"page=3":         {From: 51, To: 100, Total: 100, Number: 2, Last: 2, Newer: "?page=1"},
		"page=0":         {From: 1, To: 50, Total: 100, Number: 1, Last: 2, Older: "?page=2"},
		"page=x":         {From: 1, To: 50, Total: 100, Number: 1, Last: 2, Older: "?page=2"},
		"q=%26&done=add": {From: 1, To: 50, Total: 100, Number: 1, Last: 2, Older: "?page=2&q=%26"},
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		part, got := Paginate(items, q)
		if diff := cmp.Diff(want, got); diff != "" || part[0] != want.From-1 || len(part) != PageSize {
			t.Errorf("%s: %d from %d\n%s", query, len(part), part[0], diff)
		}
	}
	if part, got := Paginate([]int(nil), nil); len(part) != 0 || got != (Pager{Number: 1, Last: 1}) {
		t.Errorf("of nothing: %v %+v", part, got)
	}
}

func TestEncode(t *testing.T) {
	field := func(kind Kind, optional bool) []Field {
		return []Field{{Name: "a.b", Label: "Field", Kind: kind, Optional: optional}}
	}
	for _, c := range []struct {
		kind     Kind
		optional bool
		typed    []string // nil is not sent
		want     string   // JSON, or the problem
	}{
		{Text, false, []string{" x "}, `{"a":{"b":" x "}}`},
		{Text, false, nil, `{"a":{"b":""}}`},
		{Text, true, []string{" "}, `{"a":{"b":" "}}`},
		{Text, true, []string{""}, `{}`},
		{Area, true, []string{"x\r\ny"}, `{"a":{"b":"x\ny"}}`},
		{Number, false, []string{" 1e3 "}, `{"a":{"b":1e3}}`},
		{Number, false, []string{""}, "Field: want a number such as 5."},
		{Number, false, []string{"0x10"}, "Field: want a number such as 5."},
		{Number, false, []string{"NaN"}, "Field: want a number such as 5."},
		{Number, false, []string{`5,"c":6`}, "Field: want a number such as 5."},
		{Number, true, []string{" "}, `{}`},
		{Duration, false, []string{" 1h "}, `{"a":{"b":"1h"}}`},
		{Duration, false, []string{"1"}, "Field: want a duration such as 250ms, 30s or 24h."},
		{Time, false, []string{"2030-01-01"}, "Field: want a time such as 2030-01-01T00:00:00Z."},
		{JSON, true, []string{` {"x": 12345678901234567890} `}, `{"a":{"b":{"x":12345678901234567890}}}`},
		{JSON, true, []string{`{} {}`}, `Field: want JSON such as {"language": "en"}.`},
		{Check, false, nil, `{"a":{"b":false}}`},
		{Check, false, []string{"on"}, `{"a":{"b":true}}`},
		{Check, true, nil, `{}`},
		{Choices, false, nil, `{"a":{"b":[]}}`},
		{Choices, false, []string{"x", "y"}, `{"a":{"b":["x","y"]}}`},
		{Lines, false, []string{" x \r\n\r\ny"}, `{"a":{"b":["x","y"]}}`},
		{Lines, false, []string{""}, `{"a":{"b":[]}}`},
		{Headers, true, []string{"A: b:c\nA:d"}, `{"a":{"b":{"A":["b:c","d"]}}}`},
		{Headers, true, []string{": x"}, "Field: want lines such as Retry-After: 5."},
	} {
		form := url.Values{}
		if c.typed != nil {
			form["a.b"] = c.typed
		}
		text, err := Encode(field(c.kind, c.optional), form)
		got := string(text)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %q: %s, want %s", c.kind, c.typed, got, c.want)
		}
	}
}
