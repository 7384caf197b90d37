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
	"get":             {Count: 231, Bytes: 26696},
	"create":          {Count: 405, Bytes: 37120},
	"update":          {Count: 335, Bytes: 35808},
	"delete":          {Count: 172, Bytes: 17488},
	"list of 50":      {Count: 1728, Bytes: 484536},
	"list of 100":     {Count: 3028, Bytes: 905984},
	"delete by email": {Count: 424, Bytes: 39320},
	"login":           {Count: 290, Bytes: 29144},
	"callback":        {Count: 727, Bytes: 67984},
	"metadata patch":  {Count: 415, Bytes: 33656},
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
