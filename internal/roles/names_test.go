package roles

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

var (
	admin  = Role{ID: "rol_1", Name: "admin"}
	editor = Role{ID: "rol_2", Name: "editor"}
	decoy  = Role{ID: "rol_3", Name: "rol_1"} // its name is another's id
	twin   = Role{ID: "rol_4", Name: "twin"}
	other  = Role{ID: "rol_5", Name: "twin"}
	every  = []Role{decoy, admin, editor, twin, other}
)

func TestNames(t *testing.T) {
	tests := map[string]struct {
		names   []string
		want    []Role
		unknown []string // the fields that are refused
	}{
		"none":                       {names: []string{}},
		"by name and by id":          {names: []string{"admin", "rol_2"}, want: []Role{admin, editor}},
		"the same one both ways":     {names: []string{"admin", "rol_1"}, want: []Role{admin}},
		"an id before a name":        {names: []string{"rol_1"}, want: []Role{admin}},
		"another case":               {names: []string{"Admin"}, unknown: []string{"roles.0"}},
		"one name of two":            {names: []string{"editor", "twin"}, unknown: []string{"roles.1"}},
		"two of one name, by id":     {names: []string{"rol_5", "rol_4"}, want: []Role{other, twin}},
		"every unknown one is named": {names: []string{"x", "admin", "y"}, unknown: []string{"roles.0", "roles.2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := allNamed(every, tt.names)
			var unknown []string
			var refused *problem.Error
			if errors.As(err, &refused) {
				for _, field := range refused.Fields {
					unknown = append(unknown, field.Field)
				}
			}
			if diff := cmp.Diff(tt.unknown, unknown); diff != "" {
				t.Errorf("refused: %s", diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
