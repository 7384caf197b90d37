package auth0

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// noting returns a reading and the names of the members that it ignores.
func noting() (*reading, *[]string) {
	var names []string
	return &reading{odd: func(name string) { names = append(names, name) }}, &names
}

// left reports whether a value was ignored.
func left(names *[]string) bool { return len(*names) > 0 }

func TestFlag(t *testing.T) {
	yes, no := true, false
	tests := map[string]struct {
		want *bool // with false as the safe value
		safe *bool // with true as the safe value
		left bool
	}{
		`true`: {&yes, &yes, false}, `false`: {&no, &no, false}, `null`: {nil, nil, false},
		`"true"`: {&yes, &yes, false}, `"True"`: {&yes, &yes, false}, `"FALSE"`: {&no, &no, false}, `"False"`: {&no, &no, false},
		`1`: {&yes, &yes, false}, `0`: {&no, &no, false}, `1.0`: {&yes, &yes, false},
		`2`: {&no, &yes, true}, `-1`: {&no, &yes, true}, `1e300`: {&no, &yes, true}, `"yes"`: {&no, &yes, true}, `""`: {&no, &yes, true},
		`[]`: {&no, &yes, true}, `[true]`: {&no, &yes, true}, `{}`: {&no, &yes, true}, `"true "`: {&no, &yes, true},
	}
	for text, tt := range tests {
		r, names := noting()
		if diff := cmp.Diff(tt.want, r.flag("x", gjson.Parse(text), false)); diff != "" || left(names) != tt.left {
			t.Errorf("%s: %s, %v", text, diff, *names)
		}
		if diff := cmp.Diff(tt.safe, r.flag("x", gjson.Parse(text), true)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestText(t *testing.T) {
	tests := map[string]struct {
		want string
		left bool
	}{
		`"a"`: {"a", false}, `""`: {"", false}, `null`: {"", false}, `["a","b"]`: {"a", false}, `[7,"b"]`: {"b", false},
		`7`: {"", true}, `true`: {"", true}, `{}`: {"", true}, `[]`: {"", true}, `[[]]`: {"", true},
	}
	for text, tt := range tests {
		r, names := noting()
		if got := r.text("x", gjson.Parse(text)); got != tt.want || left(names) != tt.left {
			t.Errorf("%s: %q, %v", text, got, *names)
		}
	}
	r, names := noting()
	if got := r.exact("x", gjson.Parse(`["a"]`)); got != "" || !left(names) {
		t.Errorf("exact returns a list's item: %q", got)
	}
}

func TestTexts(t *testing.T) {
	tests := map[string]struct {
		want []string
		left bool
	}{
		`["a","b"]`: {[]string{"a", "b"}, false}, `"a"`: {[]string{"a"}, false}, `null`: {nil, false}, `[]`: {nil, false},
		`["a",7,null,["b"],"c"]`: {[]string{"a", "c"}, true}, `{"a":"b"}`: {nil, true}, `7`: {nil, true},
	}
	for text, tt := range tests {
		r, names := noting()
		if got := r.texts("x", gjson.Parse(text)); !slices.Equal(got, tt.want) || left(names) != tt.left {
			t.Errorf("%s: %q, %v", text, got, *names)
		}
	}
}

func TestCount(t *testing.T) {
	tests := map[string]struct {
		want int
		ok   bool
		left bool
	}{
		`3`: {3, true, false}, `3.0`: {3, true, false}, `"3"`: {3, true, false}, `"3.0"`: {3, true, false}, `3e2`: {300, true, false}, `0`: {0, true, false},
		`null`: {0, false, false}, `3.5`: {0, false, true}, `-1`: {0, false, true}, `1e300`: {0, false, true}, `"x"`: {0, false, true},
		`""`: {0, false, true}, `"NaN"`: {0, false, true}, `"Inf"`: {0, false, true}, `true`: {0, false, true}, `[3]`: {0, false, true}, `{}`: {0, false, true},
	}
	for text, tt := range tests {
		r, names := noting()
		if got, ok := r.count("x", gjson.Parse(text)); got != tt.want || ok != tt.ok || left(names) != tt.left {
			t.Errorf("%s: %d, %t, %v", text, got, ok, *names)
		}
	}
}

func TestID(t *testing.T) {
	for text, want := range map[string]string{
		`"65e1"`: "65e1", `7`: "7", `115290071992547300045`: "115290071992547300045", `-7`: "-7",
		`1e21`: "", `7.0`: "", `null`: "", `["7"]`: "", `true`: "", `{}`: "",
	} {
		r, _ := noting()
		if got := r.id("x", gjson.Parse(text)); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestTime(t *testing.T) {
	const day = "2014-11-05T20:00:00Z"
	for text, want := range map[string]string{
		`"2014-11-05T20:00:00.000Z"`: day, `"2014-11-05T20:00:00Z"`: day, `"2014-11-05T21:00:00+01:00"`: day, `"2014-11-05T20:00:00+0000"`: day,
		`"2014-11-05T20:00:00.000+0000"`: day, `"2014-11-05 20:00:00"`: day, `"2014-11-05T20:00:00"`: day, `"2014-11-05 20:00:00Z"`: day,
		`"2014-11-05 21:00:00+0100"`: day, `1415217600`: day, `1415217600000`: day, `"1415217600"`: day, `"1415217600000"`: day, `1415217600.0`: day,
		`0`: "1970-01-01T00:00:00Z", `-1`: "1969-12-31T23:59:59Z", `1.5`: "1970-01-01T00:00:01.5Z",
		`null`: "", `""`: "", `"yesterday"`: "", `"2014-13-05T20:00:00Z"`: "", `true`: "", `[]`: "", `{}`: "", `1e300`: "", `-1e300`: "", `"NaN"`: "",
		// RFC 3339 ends with the year 9999, also in UTC.
		`"9999-12-31T23:59:59Z"`: "9999-12-31T23:59:59Z", `"9999-12-31T23:59:59-01:00"`: "", `"0000-06-01T00:00:00Z"`: "", `"0001-01-01T00:00:00+01:00"`: "",
		`253402300799000`: "9999-12-31T23:59:59Z", `253402300800000`: "", `-62135596800`: "0001-01-01T00:00:00Z", `-62135596801`: "",
	} {
		r, _ := noting()
		got := ""
		if at := r.time("x", gjson.Parse(text)); at != nil {
			got = at.Format(time.RFC3339Nano)
			if _, err := json.Marshal(at); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestCleanJSON(t *testing.T) {
	deep := strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000)
	kept := strings.Repeat(`[`, maxNesting-1) + `null` + strings.Repeat(`]`, maxNesting-1)
	tests := map[string]struct{ given, want string }{
		"an object":                {`{"a":1.50,"b":[true]}`, `{"a":1.50,"b":[true]}`},
		"a pair":                   {`"\ud83d\ude00"`, `"\ud83d\ude00"`},
		"a high surrogate":         {`"\ud83d"`, `"\ufffd"`},
		"a low surrogate":          {`"\uDE00x"`, `"\ufffdx"`},
		"surrogates reversed":      {`"\ude00\ud83d"`, `"\ufffd\ufffd"`},
		"a surrogate and a pair":   {`"\ud83d\ud83d\ude00\u0041"`, `"\ufffd\ud83d\ude00\u0041"`},
		"a surrogate and a letter": {`"\ud83d\u0041"`, `"\ufffd\u0041"`},
		"an escaped backslash":     {`"\\ud83d"`, `"\\ud83d"`},
		"a backslash, a surrogate": {`"\\\ud83d"`, `"\\\ufffd"`},
		"a surrogate in a name":    {`{"\ud83d":1}`, `{"\ufffd":1}`},
		"not UTF-8":                {"\"a\xffb\"", "\"a\uFFFDb\""},
		"too deep":                 {`{"a":` + deep + `,"b":2}`, `{"a":` + kept + `,"b":2}`},
		"brackets in a text":       {`{"a":` + deep + `,"b":"[[\"]"}`, `{"a":` + kept + `,"b":"[[\"]"}`},
		"several deep values":      {`[` + deep + `,` + deep + `]`, `[` + kept + `,` + kept + `]`},
		"not JSON":                 {`{"a":}`, ""},
		"empty":                    {``, ""},
		"HTML":                     {`<html>`, ""},
		"half an object":           {`{"a":1`, ""},
		"too deep, not closed":     {strings.Repeat(`[`, 20000), ""},
		"more closed than opened":  {deep + `]`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := cleanJSON([]byte(tt.given))
			if string(got) != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("%.100q, %v", got, err)
			}
		})
	}
}

// No response causes a panic, and everything that is read can be encoded.
func FuzzReading(f *testing.F) {
	for _, seed := range []string{
		`{"user_id":"a|1","email_verified":"true","identities":{"a":1},"user_metadata":{"\ud83d":[1e999]},"app_metadata":{"usher":7}}`,
		`{"users":[{"user_id":"a|1","multifactor":[{}],"created_at":1e18}],"total":"x"}`, `[]`, `null`, `{"logs":[{"log_id":"1","date":{}}]}`,
		"\xff", `{"user_id":"\udc00","identities":[[],{"user_id":1e400}]}`, `{"sessions":[{"id":"s","device":[]}]}`, `{"access_token":["a"],"expires_in":-1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, _ := noting()
		root, err := r.parse(body)
		if err != nil {
			return
		}
		user, _, err := r.user(root)
		event, eventErr := r.event(root)
		session, sessionErr := r.session(root)
		method, methodErr := r.method(root)
		for _, read := range []struct {
			value any
			err   error
		}{{user, err}, {event, eventErr}, {session, sessionErr}, {method, methodErr}, {r.token(body), nil}} {
			text, err := json.Marshal(read.value)
			if read.err == nil && (err != nil || !json.Valid(text) || !utf8.Valid(text)) {
				t.Errorf("%q became %q, %v", body, text, err)
			}
		}
		_, _ = r.connection(root)
		_, _ = r.role(root)
		r.policy(root)
		r.accountIdentities(root)
		if users, err := r.hits(root.Array(), "created_at"); err == nil && len(users) != len(root.Array()) {
			t.Errorf("%q lost a user", body)
		}
	})
}
