package jobs_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"usher/internal/jobs"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

func TestBodies(t *testing.T) {
	line := func(n int) string { return `{"id":"` + strings.Repeat("x", n) + `"}` + "\n" }
	long := line(39_990) // 40,000 bytes
	for name, tt := range map[string]struct{ body, want string }{
		"one line":                    {`{"id":"a"}`, "202 pending pending=1"},
		"lines that end with CRLF":    {"{\"id\":\"a\"}\r\n{\"id\":\"b\"}\r\n", "202 pending pending=2"},
		"empty lines at the end":      {lines("a") + "\n\r\n", "202 pending pending=1"},
		"an empty line between":       {lines("a") + "\n" + lines("b"), "202 pending pending=2 failed=1"},
		"an array":                    {"[]\n", "202 pending failed=1"},
		"null":                        {"null\n", "202 pending failed=1"},
		"two objects in a line":       {"{\"id\":\"a\"}{\"id\":\"b\"}\n", "202 pending failed=1"},
		"a byte order mark":           {"\xef\xbb\xbf" + lines("a"), "400 invalid-json"},
		"nothing":                     {"\n", "400 invalid-request"},
		"10,000 lines":                {strings.Repeat("{}\n", 10_000), "202 pending failed=10000"},
		"10,001 lines":                {strings.Repeat("{}\n", 10_001), "413 body-too-large"},
		"4,000,000 bytes":             {strings.Repeat(long, 100), "202 pending pending=1 failed=99"},
		"4,000,001 bytes":             {strings.Repeat(long, 100) + "\n", "413 body-too-large"},
		"a line over 64 KiB":          {line(64 << 10), "202 pending failed=1"},
		"a ref of 100 bytes":          {`{"id":"a","ref":"` + strings.Repeat("é", 50) + `"}`, "202 pending pending=1"},
		"a ref of 101 bytes":          {`{"id":"a","ref":"` + strings.Repeat("x", 101) + `"}`, "202 pending failed=1"},
		"a ref that is not a string":  {`{"id":"a","ref":1}`, "202 pending failed=1"},
		"an unknown member":           {`{"id":"a","x":1}`, "202 pending failed=1"},
		"a member twice":              {`{"id":"a","id":"b"}`, "202 pending failed=1"},
		"a lone carriage return":      {"{\"id\":\r\"a\"}\n", "202 pending pending=1"},
		"not UTF-8":                   {"{\"id\":\"\xff\"}\n" + lines("b"), "202 pending pending=1 failed=1"},
		"a line separator of Unicode": {"{\"id\":\"a\u2028b\"}\n", "202 pending pending=1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := newWorld(t).send("POST", "/user-updates", tt.body); got.short() != tt.want {
					t.Error(got.short())
				}
			})
		})
	}
}

func TestRequestsThatStartNothing(t *testing.T) {
	for name, tt := range map[string]struct{ path, mediaType, want string }{
		"JSON":                 {"/user-updates", "application/json", "415 unsupported-media-type"},
		"no media type":        {"/user-updates", "", "415 unsupported-media-type"},
		"another charset":      {"/user-updates", "application/x-ndjson;charset=latin1", "415 unsupported-media-type"},
		"an unknown parameter": {"/user-updates?x=1", jobs.TypeNDJSON, "400 invalid-request"},
		"an unknown value":     {"/user-updates?mode=c", jobs.TypeNDJSON, "400 invalid-request"},
		"a malformed query":    {"/user-updates?mode=%", jobs.TypeNDJSON, "400 invalid-request"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				got := w.send("POST", tt.path, lines("a"), "Content-Type", tt.mediaType)
				if got.short() != tt.want || len(w.store.objects) > 0 {
					t.Error(got.text)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		if got := newWorld(t).send("POST", "/user-updates", lines("a"), "Content-Type", "application/x-ndjson;charset=UTF-8"); got.status != http.StatusAccepted {
			t.Error(got.text)
		}
	})
}

// Any body either is refused as a whole, or has one result for each of its lines.
func FuzzBodies(f *testing.F) {
	for _, body := range []string{"{}", "{}\n{}\r\n\n", "\xef\xbb\xbf{}", "\n\n", `{"id":"a","ref":"b"}`, "{\"id\":\"a\"}\n{\"id\":\"a\"}", "\xff\n{", "\r\n\r{}"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 10_000 || len(body) == 0 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			got := w.send("POST", "/user-updates", string(body))
			text := bytes.TrimRight(body, "\r\n")
			if got.status != http.StatusAccepted {
				if refused := len(text) == 0 || bytes.HasPrefix(body, []byte("\xef\xbb\xbf")); !refused || got.status != http.StatusBadRequest {
					t.Errorf("%q: %s", body, got.text)
				}
				return
			}
			count := bytes.Count(text, []byte("\n")) + 1
			results := w.results(got.job.ID, "")
			if *got.job.Total != count || len(results) != count {
				t.Errorf("%q: %s, %d results", body, got.text, len(results))
			}
			for _, result := range results {
				if !utf8.ValidString(result) {
					t.Errorf("%q: %q", body, result)
				}
			}
		})
	})
}

// The gateway hands over bodies up to this limit only.
func TestStartsAcceptTheLargestInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newWorld(t).service()
		op := api.Operation{Name: "start", Routes: []string{"POST /user-updates"}, Permissions: []permission.Name{permission.Bulk}}
		for noInput, want := range map[bool]int{false: jobs.MaxBytes, true: httpapi.MaxBody} {
			if got := jobs.StartOperation(s, op, jobs.Definition{NoInput: noInput}).BodyLimit(); got != want {
				t.Errorf("without input %v: %d bytes, want %d", noInput, got, want)
			}
		}
	})
}
