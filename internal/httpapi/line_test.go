package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
)

func TestDecodeLine(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"a record":        {`{"email":"a","count":6e2}`, ""},
		"an unknown name": {`{"emial":"a"}`, "invalid-request | emial: unknown field"},
		"null":            {`{"email":null}`, "invalid-request | email: must be a string, not null"},
		"another type":    {`{"email":1}`, "invalid-request | email: must be a string, not number"},
		"a name twice":    {`{"email":"a","email":"b"}`, "invalid-request | email: is given twice"},
		"an array":        {`[]`, "invalid-json | The line must be a JSON object."},
		"an open object":  {`{"email":"a"`, "invalid-json | The line is empty, or ends in the middle of its JSON."},
		"two objects":     {`{} {}`, "invalid-json | There is more behind the JSON object."},
		"not UTF-8":       {"{\"email\":\"\xff\"}", "invalid-json | The line is not UTF-8."},
		"half":            {`"\ud83d"`, "invalid-json | The line has half of a surrogate pair, such as \"\\ud83d\", which is no character."},
		"too large":       {`{"email":"` + strings.Repeat("a", httpapi.MaxBody) + `"}`, "body-too-large | The line is larger than 65536 bytes."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got target
			err := httpapi.DecodeLine([]byte(tt.line), &got)
			if tt.want != "" {
				if got := kindAndDetail(err); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				return
			}
			if err != nil || *got.Email != "a" || got.Count != 600 {
				t.Errorf("%v %+v", err, got)
			}
		})
	}
}

func TestDecodeMembers(t *testing.T) {
	var got target
	object := map[string]any{"email": nil, "count": json.Number("6e2"), "metadata": map[string]any{"n": json.Number("12345678901234567890")}}
	members, err := httpapi.DecodeMembers(object, &got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"email": true, "count": true, "metadata": true}, members); diff != "" {
		t.Error(diff)
	}
	if got.Email != nil || got.Count != 600 || got.Metadata["n"] != json.Number("12345678901234567890") {
		t.Errorf("%+v", got)
	}
	if _, err := httpapi.DecodeMembers(map[string]any{"Email": "a"}, &got); kindAndDetail(err) != "invalid-request | Email: unknown field" {
		t.Error(err)
	}
	if _, err := httpapi.DecodeMembers(map[string]any{"email": true}, &got); kindAndDetail(err) != "invalid-request | email: must be a string, not bool" {
		t.Error(err)
	}
}
