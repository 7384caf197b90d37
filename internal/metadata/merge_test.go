package metadata

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decoded(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// The first test cases are from RFC 7396, appendix A.
func TestMergePatch(t *testing.T) {
	tests := []struct{ original, patch, result string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},

		{`{}`, `{"a":{"b":null,"c":[{"d":null}]}}`, `{"a":{"c":[{"d":null}]}}`},
		{`{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":null}}}`, `{"a":{"b":{"d":2}}}`},
		{`{"a":1}`, `{}`, `{"a":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.original+" "+tt.patch, func(t *testing.T) {
			original, patch := decoded(t, tt.original), decoded(t, tt.patch)
			if diff := cmp.Diff(decoded(t, tt.result), mergePatch(original, patch)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(decoded(t, tt.original), original); diff != "" {
				t.Errorf("the original has changed:\n%s", diff)
			}
			if diff := cmp.Diff(decoded(t, tt.patch), patch); diff != "" {
				t.Errorf("the patch has changed:\n%s", diff)
			}
		})
	}
}

// A patch is idempotent, does not change other members, and equals a first-level merge of
// the changed members.
func FuzzMergePatch(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a":{"b":1}}`, `{"a":{"b":null,"c":{}}}`}, {`{"a":1}`, `{"a":{"b":{"c":null}}}`}, {`{}`, `{"a":[null,{"b":null}]}`},
		{`{"a":null}`, `{"a":{}}`}, {`{"a":[1]}`, `{"a":null,"b":2}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, before, change string) {
		var object, patch map[string]any
		if json.Unmarshal([]byte(before), &object) != nil || json.Unmarshal([]byte(change), &patch) != nil || object == nil || patch == nil {
			return
		}
		once, _ := mergePatch(object, patch).(map[string]any)
		if diff := cmp.Diff(once, mergePatch(once, patch)); diff != "" {
			t.Errorf("%s twice:\n%s", change, diff)
		}
		for name, value := range object {
			if _, named := patch[name]; !named && !cmp.Equal(value, once[name]) {
				t.Errorf("%q is not in %s, but has changed", name, change)
			}
		}
		sent := firstLevel(object, changesOf(object, once, patch))
		if diff := cmp.Diff(once, sent); diff != "" {
			t.Errorf("%s, merged by the provider:\n%s", change, diff)
		}
	})
}

// firstLevel merges as the provider does.
func firstLevel(object, changes map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range object {
		out[name] = value
	}
	for name, value := range changes {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	return out
}
