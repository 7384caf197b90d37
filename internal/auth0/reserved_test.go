package auth0

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

func TestWithoutReserved(t *testing.T) {
	kept := map[string]any{"usher": map[string]any{"request": "x"}, "plan": "gold"}
	if diff := cmp.Diff(map[string]any{"plan": "gold"}, withoutReserved(kept)); diff != "" {
		t.Error(diff)
	}
	if len(kept) != 2 {
		t.Error("what was looked at has changed")
	}
	if got := withoutReserved(nil); got != nil {
		t.Errorf("nothing became %v", got)
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
