//go:build !race

// The race detector adds allocations, so scripts/test.sh runs this test in a step without it.

package inprocess_test

import (
	"math"
	"testing"

	"usher/bench/internal/inprocess"
	"usher/bench/internal/target"
)

// allocs are the allocations of one warm request, of a release build. A change of the code or of a
// dependency may change them: then set the printed values, and explain an increase in the commit.
var allocs = map[string]inprocess.Allocs{
	"get":             {Count: 232, Bytes: 26840},
	"create":          {Count: 406, Bytes: 37264},
	"update":          {Count: 335, Bytes: 35936},
	"delete":          {Count: 173, Bytes: 17632},
	"list of 50":      {Count: 1729, Bytes: 484680},
	"list of 100":     {Count: 3029, Bytes: 906128},
	"delete by email": {Count: 425, Bytes: 39464},
	"login":           {Count: 291, Bytes: 29288},
	"callback":        {Count: 728, Bytes: 68128},
	"metadata patch":  {Count: 416, Bytes: 33800},
}

// tolerated is the difference in bytes that the digits of a duration can make in one text. The
// number of allocations is always the same.
const tolerated = 16

func TestAllocs(t *testing.T) {
	p := startProvider(t)
	for _, op := range target.Operations {
		t.Run(op.Name, func(t *testing.T) {
			f, err := inprocess.New(t.Context(), p, op)
			if err != nil {
				t.Fatal(err)
			}
			got, want := f.Allocs(t.Context()), allocs[op.Name]
			if got.Count != want.Count || math.Abs(got.Bytes-want.Bytes) > tolerated {
				t.Errorf("got %v allocations of %v bytes, want %v of %v", got.Count, got.Bytes, want.Count, want.Bytes)
			}
		})
	}
}
