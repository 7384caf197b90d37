package auth0

import (
	"encoding/json"
	"testing"

	"usher/internal/problem"
)

func TestWithoutReserved(t *testing.T) {
	tests := map[string]struct {
		given, shown string
		kept         reserved
	}{
		"none":          {`{"plan":"gold"}`, `{"plan":"gold"}`, reserved{}},
		"the first":     {`{"usher":{"request":"x"},"plan":"gold","n":12345678901234567890}`, `{"plan":"gold","n":12345678901234567890}`, reserved{Request: "x"}},
		"the last":      {`{"plan": {"usher": 1}, "usher":{"request":"x","mailed":true}}`, `{"plan":{"usher": 1}}`, reserved{Request: "x", Mailed: true}},
		"escaped":       {`{"\u0075sher":{"request":"x"}}`, `{}`, reserved{Request: "x"}},
		"unreadable":    {`{"usher":7,"plan":"gold"}`, `{"plan":"gold"}`, reserved{}},
		"wrong types":   {`{"usher":{"request":7,"mailed":"true"}}`, `{}`, reserved{}},
		"empty":         {`{}`, `{}`, reserved{}},
		"similar names": {`{"Usher":1,"ushers":2}`, `{"Usher":1,"ushers":2}`, reserved{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			shown, kept := withoutReserved(json.RawMessage(tt.given))
			if string(shown) != tt.shown || kept != tt.kept {
				t.Errorf("%s and %+v", shown, kept)
			}
		})
	}
}

func TestRefuseReserved(t *testing.T) {
	tests := map[string]struct {
		metadata map[string]any
		refused  bool
	}{
		"none":     {nil, false},
		"others":   {map[string]any{"plan": "gold", "Usher": 1, "nested": map[string]any{"usher": 1}}, false},
		"set":      {map[string]any{"usher": map[string]any{}}, true},
		"removed":  {map[string]any{"usher": nil}, true},
		"and more": {map[string]any{"plan": "gold", "usher": "x"}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := refuseReserved(tt.metadata, "app_metadata.")
			if !tt.refused {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantKind(t, err, problem.InvalidRequest, "app_metadata.usher: is reserved")
		})
	}
}
