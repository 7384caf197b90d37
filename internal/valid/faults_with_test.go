package valid_test

import (
	"errors"
	"testing"

	"usher/internal/problem"
	"usher/internal/valid"
)

func TestFaultsWith(t *testing.T) {
	both := problem.InvalidFields([]problem.Field{{Field: "b", Detail: "is bad"}, {Field: "c", Detail: "is bad"}})
	tests := map[string]struct {
		own  []string
		err  error
		want []string // the fields; nil for another error
	}{
		"nothing":       {nil, nil, []string{}},
		"only own":      {[]string{"a"}, nil, []string{"a"}},
		"only others":   {nil, both, []string{"b", "c"}},
		"all":           {[]string{"a"}, both, []string{"a", "b", "c"}},
		"another error": {[]string{"a"}, errors.ErrUnsupported, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var faults valid.Faults
			for _, field := range tt.own {
				faults.Add(field, "is bad")
			}
			err := faults.With(tt.err)
			if tt.want == nil {
				if !errors.Is(err, tt.err) {
					t.Error(err)
				}
				return
			}
			if len(tt.want) == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			fields := problem.From(err).Fields
			if len(fields) != len(tt.want) {
				t.Fatalf("%+v", fields)
			}
			for i, field := range fields {
				if field.Field != tt.want[i] {
					t.Errorf("%+v", fields)
				}
			}
		})
	}
}
