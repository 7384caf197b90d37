package metadata_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/limits"
	"usher/internal/metadata"
	"usher/internal/valid"
)

// store is a fake that records its calls and merges as the provider does.
type store struct {
	object map[string]any
	calls  []string
}

func (s *store) Read(context.Context, limits.UserID) (map[string]any, error) {
	s.calls = append(s.calls, "read")
	return s.object, nil
}

func (s *store) Write(_ context.Context, _ limits.UserID, changes map[string]any) (map[string]any, error) {
	text, err := json.Marshal(changes)
	s.calls = append(s.calls, "write "+string(text))
	out := map[string]any{}
	for name, value := range s.object {
		out[name] = value
	}
	for name, value := range changes {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	s.object = out
	return out, err
}

func newStore(t *testing.T, text string) *store {
	t.Helper()
	s := &store{}
	if err := json.Unmarshal([]byte(text), &s.object); err != nil {
		t.Fatal(err)
	}
	return s
}

func send(op api.Operation, body string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(op.Routes[0], " ")
	r := httptest.NewRequest(method, strings.Replace(path, "{user_id}", "u", 1), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	apitest.Unlimited.Handler(op).ServeHTTP(w, r)
	return w
}

const none = ""

// Only changed members are written, and metadata is read only if necessary.
func TestCalls(t *testing.T) {
	tests := map[string]struct{ before, method, body, calls, after string }{
		"a flat patch":                           {`{"a":1,"b":2}`, "PATCH", `{"a":3,"b":null,"c":[{"d":null}]}`, `write {"a":3,"b":null,"c":[{"d":null}]}`, `{"a":3,"c":[{"d":null}]}`},
		"an empty patch":                         {`{"a":1}`, "PATCH", `{}`, `read`, `{"a":1}`},
		"a nested patch":                         {`{"a":{"x":1,"y":{"z":2}},"b":2}`, "PATCH", `{"a":{"y":{"z":null,"w":3}}}`, `read, write {"a":{"x":1,"y":{"w":3}}}`, `{"a":{"x":1,"y":{"w":3}},"b":2}`},
		"a nested patch of empty metadata":       {`{}`, "PATCH", `{"a":{"b":null}}`, `read, write {"a":{}}`, `{"a":{}}`},
		"a nested and a flat member":             {`{"a":{"x":1},"b":2}`, "PATCH", `{"a":{"y":2},"b":3,"c":null}`, `read, write {"a":{"x":1,"y":2},"b":3}`, `{"a":{"x":1,"y":2},"b":3}`},
		"a patch without a change":               {`{"a":{"x":1}}`, "PATCH", `{"a":{"x":1.0,"y":null}}`, `read`, `{"a":{"x":1}}`},
		"a nested patch of a value":              {`{"a":1}`, "PATCH", `{"a":{"x":null,"y":1}}`, `read, write {"a":{"y":1}}`, `{"a":{"y":1}}`},
		"an empty object in a patch":             {`{"a":{"x":1}}`, "PATCH", `{"a":{}}`, `read`, `{"a":{"x":1}}`},
		"a replacement":                          {`{"a":1,"b":2}`, "PUT", `{"b":{"c":null},"d":4}`, `read, write {"a":null,"b":{"c":null},"d":4}`, `{"b":{"c":null},"d":4}`},
		"an empty replacement":                   {`{"a":1}`, "PUT", `{}`, `read, write {"a":null}`, `{}`},
		"an empty replacement of empty metadata": {`{}`, "PUT", `{}`, `read`, `{}`},
		"a null in a replacement":                {`{"a":1}`, "PUT", `{"a":null}`, none, none},
		"a name with a dot":                      {`{}`, "PATCH", `{"a.b":1}`, none, none},
		"a nested name with a dollar":            {`{}`, "PUT", `{"a":[{"b":{"$c":1}}]}`, none, none},
		"a number that loses a digit":            {`{}`, "PATCH", `{"a":9007199254740993}`, none, none},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, tt.before)
			op := map[string]api.Operation{"PATCH": metadata.Update(metadata.User, s), "PUT": metadata.Replace(metadata.User, s)}[tt.method]
			w := send(op, tt.body)
			if got := strings.Join(s.calls, ", "); got != tt.calls {
				t.Errorf("calls: %s, want %s", got, tt.calls)
			}
			if tt.after == none {
				if w.Code != 400 {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				return
			}
			if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || got != tt.after {
				t.Errorf("%d %s, want %s", w.Code, got, tt.after)
			}
		})
	}
}

func TestIfMatch(t *testing.T) {
	current := send(metadata.Get(metadata.User, newStore(t, `{"a":1}`)), "").Header().Get("ETag")
	stale := send(metadata.Get(metadata.User, newStore(t, `{"a":2}`)), "").Header().Get("ETag")
	tests := map[string]struct {
		tag    string
		status int
		calls  string
	}{
		"current":     {current, 200, `read, write {"a":3}`},
		"a wildcard":  {"*", 200, `read, write {"a":3}`},
		"stale":       {stale, 412, `read`},
		"one of two":  {stale + ", " + current, 200, `read, write {"a":3}`},
		"not an ETag": {"mine", 400, none},
		"weak":        {"W/" + current, 412, `read`},
	}
	for name, tt := range tests {
		for _, op := range []string{"update", "replace"} {
			t.Run(op+" "+name, func(t *testing.T) {
				s := newStore(t, `{"a":1}`)
				all := map[string]api.Operation{"update": metadata.Update(metadata.User, s), "replace": metadata.Replace(metadata.User, s)}
				if w := send(all[op], `{"a":3}`, "If-Match", tt.tag); w.Code != tt.status {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if got := strings.Join(s.calls, ", "); got != tt.calls {
					t.Errorf("calls: %s, want %s", got, tt.calls)
				}
			})
		}
	}
}

// The size is checked if the metadata is read, which is always so for a large patch.
func TestSize(t *testing.T) {
	text := func(n int) string { return strings.Repeat("x", n) }
	const limit = metadata.MaxSize - len(`{"a":"","b":""}`)
	tests := map[string]struct {
		before, patch string
		status, calls int
	}{
		"the maximum":                  {`{"a":"` + text(limit-5000) + `"}`, `{"b":"` + text(5000) + `"}`, 200, 2},
		"one byte more":                {`{"a":"` + text(limit-5000) + `"}`, `{"b":"` + text(5001) + `"}`, 422, 1},
		"one byte more, nested":        {`{"a":"` + text(limit-3) + `"}`, `{"b":{"c":1}}`, 422, 1},
		"too large, becomes smaller":   {`{"a":"` + text(limit+500) + `","b":"xx"}`, `{"b":{}}`, 200, 2},
		"too large, keeps its size":    {`{"a":"` + text(limit+500) + `","b":""}`, `{"b":{}}`, 200, 2},
		"too large, becomes larger":    {`{"a":"` + text(limit+500) + `","b":""}`, `{"b":{"c":1}}`, 422, 1},
		"a small patch without a read": {`{"a":"` + text(limit) + `"}`, `{"b":"` + text(4000) + `"}`, 200, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, tt.before)
			w := send(metadata.Update(metadata.App, s), tt.patch)
			if w.Code != tt.status || len(s.calls) != tt.calls {
				t.Errorf("%d after %d calls, want %d after %d", w.Code, len(s.calls), tt.status, tt.calls)
			}
		})
	}
}

// Only app_metadata has reserved names.
func TestReservedNames(t *testing.T) {
	for _, name := range valid.ReservedAppMetadata {
		for _, value := range []string{`null`, `1`, `{}`} {
			body := `{"` + name + `":` + value + `}`
			s := newStore(t, `{}`)
			if w := send(metadata.Update(metadata.App, s), body); w.Code != 400 || s.calls != nil || !strings.Contains(w.Body.String(), `"field":"`+name+`"`) {
				t.Errorf("PATCH %s: %d %s, calls: %v", body, w.Code, w.Body, s.calls)
			}
			if w := send(metadata.Replace(metadata.App, s), body); w.Code != 400 || s.calls != nil {
				t.Errorf("PUT %s: %d %s, calls: %v", body, w.Code, w.Body, s.calls)
			}
		}
		if w := send(metadata.Update(metadata.App, newStore(t, `{}`)), `{"a":{"`+name+`":1}}`); w.Code != 200 && name != "__proto__" {
			t.Errorf("%s below the first level: %d %s", name, w.Code, w.Body)
		}
		if w := send(metadata.Update(metadata.User, newStore(t, `{}`)), `{"`+name+`":1}`); w.Code != 200 {
			t.Errorf("%s in user metadata: %d %s", name, w.Code, w.Body)
		}
	}
}
