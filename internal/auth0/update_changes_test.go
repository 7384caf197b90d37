package auth0

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"usher/internal/users"
)

// A change of any member of a profile is sent, also its removal.
func TestChangesOfEveryMember(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[users.Profile]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		set := reflect.New(field.Type.Elem())
		var with users.Patch
		reflect.ValueOf(&with.Profile).Elem().FieldByIndex(field.Index).Set(set)
		value, err := json.Marshal(set.Interface())
		if err != nil {
			t.Fatal(err)
		}
		for want, patch := range map[string]users.Patch{string(value): with, "null": {}} {
			changes, err := json.Marshal(changesOf(patch, []string{name}))
			if err != nil {
				t.Fatal(err)
			}
			expected := `{"` + name + `":` + want + `}`
			if name == "email" {
				expected = `{"email":` + want + `,"verify_email":false}` // no mail unless requested
			}
			if string(changes) != expected {
				t.Errorf("%s, want %s", changes, expected)
			}
		}
	}
}
