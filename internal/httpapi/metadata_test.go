package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
	"usher/internal/valid"
)

// checked is what valid makes of decoded metadata.
func checked(object map[string]any, path string, reserved ...string) (map[string]any, []problem.Field) {
	var faults valid.Faults
	object = faults.Metadata(object, path, reserved)
	if err := faults.Err(); err != nil {
		return object, problem.From(err).Fields
	}
	return object, nil
}

func TestMetadata(t *testing.T) {
	const (
		dot  = "is a name with . or $, which are not allowed"
		lost = "is a number that would lose digits: send it as a string"
	)
	tests := map[string]struct {
		body string
		want []string // "field: detail"
	}{
		"all kinds":                  {`{"a":null,"b":true,"c":"x.y $","d":[1,-2.5,[]],"e":{"":{}},"é":0}`, nil},
		"a dot":                      {`{"a.b":1}`, []string{"m.a.b: " + dot}},
		"a dollar below":             {`{"a":{"b":{"$c":1}}}`, []string{"m.a.b.$c: " + dot}},
		"a dollar inside":            {`{"a$b":1}`, []string{"m.a$b: " + dot}},
		"in an array":                {`{"a":[1,[{"b.c":1}]]}`, []string{"m.a.b.c: " + dot}},
		"a control character":        {`{"a\u0001b":1}`, []string{"m.a\x01b: is a name with control characters"}},
		"a prototype":                {`{"a":{"__proto__":{}}}`, []string{"m.a.__proto__: is not allowed as a name"}},
		"reserved":                   {`{"taken":null}`, []string{"m.taken: is reserved"}},
		"reserved, below":            {`{"a":{"taken":1}}`, nil},
		"several":                    {`{"$":1,".":2,"taken":9007199254740993}`, []string{"m.taken: is reserved", "m.$: " + dot, "m..: " + dot, "m.taken: " + lost}},
		"a number in an array":       {`{"a":[9007199254740993]}`, []string{"m.a: " + lost}},
		"the largest exact integers": {`{"a":9007199254740992,"b":-9007199254740992,"c":9007199254740994}`, nil},
		"whole numbers that lose":    {`{"a":9007199254740993}`, []string{"m.a: " + lost}},
		"negative ones":              {`{"a":-12345678901234567890}`, []string{"m.a: " + lost}},
		"written with an exponent":   {`{"a":9007199254740993e0}`, []string{"m.a: " + lost}},
		"written with a fraction":    {`{"a":9007199254740993.0}`, []string{"m.a: " + lost}},
		"written large":              {`{"a":12345678901234567891e3}`, []string{"m.a: " + lost}},
		"large ones that do not":     {`{"a":100000000000000000000,"b":1e23,"c":1.5e300,"d":100e-2,"e":0.000,"f":-0,"g":0e5}`, nil},
		"fractions are rounded":      {`{"a":0.1,"b":0.10000000000000001,"c":3.14159265358979323846,"d":5e-324}`, nil},
		"too large":                  {`{"a":1e309}`, []string{"m.a: " + lost}},
		"too small":                  {`{"a":1e-400}`, []string{"m.a: " + lost}},
		"an exponent beyond all":     {`{"a":1e99999999999999999999,"b":1e-99999999999999999999}`, []string{"m.a: " + lost, "m.b: " + lost}},
		"a name too long to repeat":  {`{"` + strings.Repeat("x", 300) + `.":1}`, []string{"m." + strings.Repeat("x", 98) + "…: " + dot}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			object, err := httpapi.DecodeObject(post("application/json", tt.body))
			if err != nil {
				t.Fatal(err)
			}
			_, wrong := checked(object, "m.", "taken")
			var got []string
			for _, field := range wrong {
				got = append(got, field.Field+": "+field.Detail)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMetadataFaultsAreBounded(t *testing.T) {
	object := map[string]any{}
	for i := range 1000 {
		object[strings.Repeat(".", i+1)] = 1
	}
	if _, wrong := checked(object, ""); len(wrong) != 20 {
		t.Errorf("%d faults", len(wrong))
	}
}

func TestDecodeObject(t *testing.T) {
	tests := map[string]struct{ mediaType, body, want string }{
		"any names":          {"application/json", `{"a":1,"A":2,"":{"b":[]}}`, ""},
		"a patch":            {"application/merge-patch+json", `{}`, "unsupported-media-type"},
		"a name twice":       {"application/json", `{"a":1,"a":2}`, "invalid-request"},
		"a name twice below": {"application/json", `{"a":[{"b":1,"b":2}]}`, "invalid-request"},
		"an array":           {"application/json", `[]`, "invalid-json"},
		"null":               {"application/json", `null`, "invalid-json"},
		"two":                {"application/json", `{}{}`, "invalid-json"},
		"not UTF-8":          {"application/json", "{\"a\":\"\xff\"}", "invalid-json"},
		"nested too deeply":  {"application/json", strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001), "invalid-request"},
		"too large":          {"application/json", `{"a":"` + strings.Repeat("x", 64<<10) + `"}`, "body-too-large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := httpapi.DecodeObject(post(tt.mediaType, tt.body))
			if got := codeOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			_, err = httpapi.DecodeObjectPatch(post("application/merge-patch+json", tt.body))
			if got := codeOf(err); got != tt.want && tt.want != "unsupported-media-type" {
				t.Errorf("as a patch: got %q, want %q", got, tt.want)
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

// What passes the check comes back as it went in, as far as doubles can tell.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":9007199254740993}`, `{"a":1e400}`, `{"a":[1.50,{"b":-0}]}`, `{"a":1e-7}`, `{"a":123456789012345678901234567890}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		object, err := httpapi.DecodeObject(post("application/json", body))
		if err != nil {
			return
		}
		kept, wrong := checked(object, "")
		if len(wrong) > 0 {
			return
		}
		sent, err := json.Marshal(kept)
		if err != nil {
			t.Fatalf("%s was accepted: %v", body, err)
		}
		again, err := httpapi.DecodeObject(post("application/json", string(sent)))
		if err != nil && len(sent) <= httpapi.MaxBody {
			t.Fatalf("%s became %s: %v", body, sent, err)
		}
		if err != nil {
			return
		}
		twice, wrong := checked(again, "")
		if diff := cmp.Diff(kept, twice); diff != "" || len(wrong) > 0 {
			t.Errorf("%s became %s: %v\n%s", body, sent, wrong, diff)
		}
	})
}
