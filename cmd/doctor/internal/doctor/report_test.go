package doctor

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var sample = []Result{
	{"first", "The first is", OK, "it is", ""},
	{"the-second", "The second is", Warning, "nearly", "Look at it."},
	{"third", "The third is", Wrong, "it is not", "Change it."},
	{"fourth", "The fourth is", NotChecked, "nobody asked", ""},
}

func TestText(t *testing.T) {
	var got strings.Builder
	if err := WriteText(&got, sample); err != nil {
		t.Fatal(err)
	}
	want := `ok           first       The first is: it is
warning      the-second  The second is: nearly
wrong        third       The third is: it is not
not checked  fourth      The fourth is: not checked, because nobody asked

What to do:
  third: Change it.
  the-second: Look at it.

4 checks: 1 ok, 1 wrong, 1 warning, 1 not checked
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	var got strings.Builder
	if err := WriteJSON(&got, sample[2:3]); err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "id": "third",
    "title": "The third is",
    "outcome": "wrong",
    "finding": "it is not",
    "advice": "Change it."
  }
]
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// Ids are names for programs: of one form, and each is there once.
func TestIDs(t *testing.T) {
	var seen []string
	for _, c := range accountChecks {
		if c.id != "vpc-endpoint" && slices.ContainsFunc(checks, func(other check) bool { return other.id == c.id }) {
			t.Errorf("%q means two checks", c.id)
		}
	}
	for _, c := range checks {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(c.id) || c.title == "" || slices.Contains(seen, c.id) {
			t.Errorf("%q %q", c.id, c.title)
		}
		seen = append(seen, c.id)
	}
}

func TestAllows(t *testing.T) {
	for _, tt := range []struct {
		pattern, uri string
		want         bool
	}{
		{"https://a.example.com/cb", "https://a.example.com/cb", true},
		{"https://a.example.com/cb", "https://a.example.com/cb/", false},
		{"https://*.example.com/cb", "https://a.example.com/cb", true},
		{"https://*.example.com/cb", "https://a.b.example.com/cb", false},
		{"https://*.example.com/cb", "https://.example.com/cb", false},
		{"https://*.example.com/cb", "https://a.example.com/other", false},
		{"https://*.example.com/cb", "https://evil.test/?.example.com/cb", false},
		{"https://x-*.example.com/cb", "https://x-1.example.com/cb", true},
		{"https://*-x.example.com:8443/cb", "https://1-x.example.com:8443/cb", true},
		{"myapp://*.example.com/cb", "myapp://a.example.com/cb", true},
		{"https://*.example.com/cb", "https://a@b.example.com/cb", false},
		{"*", "https://a.example.com/cb", false},
		{"http://127.0.0.1:3000/*", "http://127.0.0.1:3000/cb", false},
		{"https://*.com/cb", "https://example.com/cb", false},
		{"https://sub.*.example.com/cb", "https://sub.a.example.com/cb", false},
		{"https://a.example.com/cb?x=*", "https://a.example.com/cb?x=1", false},
		{"https://a.example.com:*/cb", "https://a.example.com:8443/cb", false},
		{"*://a.example.com/cb", "https://a.example.com/cb", false},
		{"https://*.*.example.com/cb", "https://a.b.example.com/cb", false},
	} {
		if got := allows(tt.pattern, tt.uri); got != tt.want {
			t.Errorf("%s allows %s: %t", tt.pattern, tt.uri, got)
		}
	}
}
