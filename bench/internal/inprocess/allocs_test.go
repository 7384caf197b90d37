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
	"get":             {Count: 221, Bytes: 25720},
	"create":          {Count: 397, Bytes: 36192},
	"update":          {Count: 324, Bytes: 34816},
	"delete":          {Count: 162, Bytes: 15152},
	"list of 50":      {Count: 1720, Bytes: 547624},
	"list of 100":     {Count: 3020, Bytes: 1026416},
	"delete by email": {Count: 416, Bytes: 37064},
	"login":           {Count: 282, Bytes: 28104},
	"callback":        {Count: 719, Bytes: 67840},
	"metadata patch":  {Count: 405, Bytes: 31784},
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
