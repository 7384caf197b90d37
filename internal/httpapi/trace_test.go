package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/httpapi"
)

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	parent  = "00-" + traceID + "-00f067aa0ba902b7-01"
)

func TestTraceparent(t *testing.T) {
	tests := map[string]struct {
		sent []string
		want string // "" if invalid
	}{
		"valid":                  {[]string{parent}, parent},
		"not sampled":            {[]string{strings.TrimSuffix(parent, "01") + "00"}, strings.TrimSuffix(parent, "01") + "00"},
		"unknown flags":          {[]string{strings.TrimSuffix(parent, "01") + "ff"}, strings.TrimSuffix(parent, "01") + "ff"},
		"a later version":        {[]string{"01" + parent[2:]}, parent},
		"a later one, with more": {[]string{"cc" + parent[2:] + "-what-is-it"}, parent},
		"a later one's flags":    {[]string{"01" + strings.TrimSuffix(parent[2:], "01") + "ab"}, parent},
		"a later, not sampled":   {[]string{"01" + strings.TrimSuffix(parent[2:], "01") + "fe"}, strings.TrimSuffix(parent, "01") + "00"},
		"none":                   {nil, ""},
		"empty":                  {[]string{""}, ""},
		"twice":                  {[]string{parent, parent}, ""},
		"joined":                 {[]string{parent + "," + parent}, ""},
		"version ff":             {[]string{"ff" + parent[2:]}, ""},
		"version 00 with more":   {[]string{parent + "-00"}, ""},
		"more without a hyphen":  {[]string{"01" + parent[2:] + "00"}, ""},
		"too long":               {[]string{"01" + parent[2:] + "-" + strings.Repeat("x", 300)}, ""},
		"upper case":             {[]string{strings.ToUpper(parent)}, ""},
		"no trace":               {[]string{strings.Replace(parent, traceID, strings.Repeat("0", 32), 1)}, ""},
		"no parent":              {[]string{strings.Replace(parent, "00f067aa0ba902b7", strings.Repeat("0", 16), 1)}, ""},
		"too short":              {[]string{parent[:54]}, ""},
		"a space before it":      {[]string{" " + parent}, ""},
		"a final newline":        {[]string{parent + "\n"}, ""},
		"a second line":          {[]string{"01" + parent[2:] + "-\n{\"msg\":\"audit\"}"}, ""},
		"other letters":          {[]string{strings.Replace(parent, "4bf", "xyz", 1)}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var passed string
			h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { passed = httpapi.Traceparent(r.Context()) })
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["Traceparent"] = tt.sent
			_, line := served(t, h, r, nil)
			if passed != tt.want {
				t.Errorf("%q is passed on", passed)
			}
			want := any(nil)
			if tt.want != "" {
				want = traceID
			}
			if line["trace_id"] != want {
				t.Errorf("trace_id is %v, want %v", line["trace_id"], want)
			}
		})
	}
}

func TestXRayTraceID(t *testing.T) {
	const id = "1-67891233-abcdef012345678912345678"
	for header, want := range map[string]any{
		"Root=" + id + ";Parent=53995c3f42cd8ad8;Sampled=1":  id,
		"Root=" + id + ";Parent=53995c3f42cd8ad8;Sampled=0":  nil,
		"Root=" + id + "x;Parent=53995c3f42cd8ad8;Sampled=1": nil,
		"Parent=53995c3f42cd8ad8;Sampled=1":                  nil,
		"":                                                   nil,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		_, line := served(t, http.NotFoundHandler(), r, func(*http.Request) httpapi.Origin { return httpapi.Origin{XRay: header} })
		if line["xray_trace_id"] != want {
			t.Errorf("%q: xray_trace_id is %v, want %v", header, line["xray_trace_id"], want)
		}
	}
}
