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
	"get":             {Count: 241, Bytes: 29424},
	"create":          {Count: 415, Bytes: 39736},
	"update":          {Count: 482, Bytes: 50832},
	"delete":          {Count: 182, Bytes: 20216},
	"list of 50":      {Count: 1738, Bytes: 487168},
	"list of 100":     {Count: 3038, Bytes: 908632},
	"delete by email": {Count: 438, Bytes: 45568},
	"login":           {Count: 298, Bytes: 29968},
	"callback":        {Count: 735, Bytes: 68792},
	"metadata patch":  {Count: 568, Bytes: 49728},
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
