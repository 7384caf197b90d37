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
	"get":             {Count: 239, Bytes: 28744},
	"create":          {Count: 413, Bytes: 39072},
	"update":          {Count: 343, Bytes: 37856},
	"delete":          {Count: 180, Bytes: 19536},
	"list of 50":      {Count: 1736, Bytes: 486488},
	"list of 100":     {Count: 3036, Bytes: 907936},
	"delete by email": {Count: 436, Bytes: 44888},
	"login":           {Count: 296, Bytes: 29288},
	"callback":        {Count: 733, Bytes: 68128},
	"metadata patch":  {Count: 423, Bytes: 35704},
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
