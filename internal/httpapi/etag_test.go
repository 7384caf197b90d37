package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"usher/internal/problem"
)

func TestIfMatch(t *testing.T) {
	thing := map[string]any{"a": 1, "b": []string{"<x>"}}
	answer := httptest.NewRecorder()
	if err := Tagged(answer, http.StatusOK, thing); err != nil {
		t.Fatal(err)
	}
	tag := answer.Header().Get("ETag")
	tests := map[string]struct {
		header []string
		asked  bool
		code   string
	}{
		"none":              {nil, false, ""},
		"the same":          {[]string{tag}, true, ""},
		"anything":          {[]string{"*"}, true, ""},
		"one of them":       {[]string{`"x", ` + tag + `,"y"`}, true, ""},
		"in two headers":    {[]string{`"x"`, tag}, true, ""},
		"another":           {[]string{`"x"`}, true, "precondition-failed"},
		"the same but weak": {[]string{"W/" + tag}, true, "precondition-failed"},
		"empty":             {[]string{""}, false, "invalid-request"},
		"no quotes":         {[]string{"x"}, false, "invalid-request"},
		"an open quote":     {[]string{`"x`}, false, "invalid-request"},
		"a star and more":   {[]string{`*, "x"`}, false, "invalid-request"},
		"only a comma":      {[]string{","}, false, "invalid-request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("PATCH", "/", nil)
			r.Header["If-Match"] = tt.header
			match, err := IfMatch(r)
			if match.Asked() != tt.asked {
				t.Errorf("asked is %t", match.Asked())
			}
			if err == nil {
				err = match.Check(thing)
			}
			if got := codeOf(err); got != tt.code {
				t.Errorf("code %q, want %q", got, tt.code)
			}
		})
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return problem.From(err).Kind.Code
}

func TestETagFollowsTheContent(t *testing.T) {
	tags := map[string]bool{}
	for _, v := range []any{map[string]int{"a": 1}, map[string]int{"a": 2}, map[string]int{"b": 1}, nil, "a"} {
		first, err := etagOf(v)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := etagOf(v); again != first || tags[first] {
			t.Errorf("%v: %s, then %s", v, first, again)
		}
		tags[first] = true
	}
	if _, err := etagOf(func() {}); err == nil {
		t.Error("an unencodable value has an ETag")
	}
}

func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{"*", `"a"`, `W/"a", "b"`, `"`, ",", `"a""b"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("PATCH", "/", nil)
		r.Header["If-Match"] = []string{header}
		match, err := IfMatch(r)
		if (err == nil) != match.Asked() {
			t.Errorf("%q: asked %t, %v", header, match.Asked(), err)
		}
	})
}
