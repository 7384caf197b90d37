package httpapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// An accepted body loses nothing: encoded again, it has the same members and values. A refusal is a problem.
// Only a patch may have nulls.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"email":null}`, `{"count":6e2}`, `{"count":-7.0E+1}`, `{"count":60000e-2}`, `{"count":0e9}`, `{"count":6e-1}`, `{"count":1e400}`, `{"email":"a","verified":false,"tags":["x","y"],"count":-3}`,
		`{"metadata":{"a":[1,2.50,{"b":null}],"":"\u00e9"}}`, `{"metadata":{"n":1e400}}`, `{"Email":"a"}`,
		`{"email":"a","email":"b"}`, `{"email":}`, `[`, `{}{}`, `{"a"`, "\xef\xbb\xbf{}", `{"metadata":{"\ud800":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var into target
		members, err := httpapi.DecodePatch(post("application/json", string(body)), &into)
		if err != nil {
			if !problem.IsProblem(err) {
				t.Errorf("%q: not a problem: %v", body, err)
			}
			return
		}
		again, err := json.Marshal(into)
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		got, want := object(t, again), object(t, body)
		for name := range members {
			if _, there := want[name]; !there {
				t.Errorf("%q has no member %q", body, name)
			}
		}
		hasNull := slices.Contains(slices.Collect(maps.Values(want)), nil)
		if err := httpapi.Decode(post("application/json", string(body)), &target{}); problem.Is(err, problem.InvalidRequest) != hasNull {
			t.Errorf("%q, not as a patch: %v", body, err)
		}
		for name, value := range want {
			if name == "address" || name == "count" && value == nil {
				continue // these fields cannot distinguish null from zero
			}
			if name == "count" {
				value = wholeNumber(t, value)
			}
			if diff := cmp.Diff(value, got[name]); diff != "" || !members[name] {
				t.Errorf("%q: %s (a member: %v):\n%s", body, name, members[name], diff)
			}
		}
	})
}

// wholeNumber returns a number as Go writes it.
func wholeNumber(t *testing.T, value any) json.Number {
	t.Helper()
	number, _ := value.(json.Number)
	whole, ok := new(big.Rat).SetString(number.String())
	if !ok || !whole.IsInt() {
		t.Fatalf("%v was accepted as a whole number", value)
	}
	return json.Number(whole.Num().String())
}

// object reads the members with encoding/json.
func object(t *testing.T, body []byte) map[string]any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil {
		t.Fatalf("%q was accepted: %v", body, err)
	}
	return members
}
