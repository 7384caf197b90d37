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
	"get":             {Count: 233, Bytes: 28688},
	"create":          {Count: 409, Bytes: 39096},
	"update":          {Count: 474, Bytes: 50096},
	"delete":          {Count: 174, Bytes: 19480},
	"list of 50":      {Count: 1732, Bytes: 486528},
	"list of 100":     {Count: 3032, Bytes: 907992},
	"delete by email": {Count: 424, Bytes: 44640},
	"login":           {Count: 295, Bytes: 29424},
	"callback":        {Count: 729, Bytes: 68152},
	"metadata patch":  {Count: 560, Bytes: 48992},
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
