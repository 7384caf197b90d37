//go:build chaos

package chaos

import (
	"math/rand/v2"
	"net/http"
	"time"

	"usher/localtenant"
	"usher/test/testkit/lambda"
	"usher/test/testkit/traffic"
)

// step is a request with what goes wrong. It follows from the seed and its number only, so a run of the
// first n steps is the beginning of each longer one.
type step struct {
	n         int
	operation string
	faults    map[int]fault // of the step's calls to the provider, by their number from 1 on
	left      time.Duration // until the invocation's deadline
	cancel    time.Duration // after which the caller gives up; 0 is never
	twice     bool          // the request is sent twice at once, if it has a key
	jump      time.Duration // of all clocks, before the request
	rotate    bool          // the secret changes beside the request
}

// fault is one of the tenant's, or a slow answer.
type fault struct {
	localtenant.Fault
	trickles bool // the answer comes in small pieces
}

// mostCalls is the number of calls of a step that can fail.
const mostCalls = 8

// usualTime is the functions' timeout.
const usualTime = lambda.Timeout

var operations = traffic.Operations()

func stepOf(seed uint64, n int) step {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	one := func(in int) bool { return random.IntN(in) == 0 }
	s := step{n: n, operation: operations[random.IntN(len(operations))], left: usualTime, faults: map[int]fault{}}
	if one(3) {
		for call := 1; call <= mostCalls; call++ {
			if one(3) {
				s.faults[call] = faultOf(random)
			}
		}
	}
	switch {
	case one(50):
		s.cancel = time.Duration(1+random.IntN(20)) * time.Millisecond
	case one(100):
		s.left = []time.Duration{time.Second, 3 * time.Second}[random.IntN(2)]
	}
	s.twice = one(2)
	if one(5_000) {
		s.jump = []time.Duration{31 * time.Second, 6 * time.Minute, 61 * time.Minute, 25 * time.Hour}[random.IntN(4)]
	}
	s.rotate = one(10_000)
	return s
}

// faultOf is one of the ways in which the tenant fails. Those that wait for long are rare.
func faultOf(random *rand.Rand) fault {
	var f fault
	switch random.IntN(12) {
	case 0, 1:
		f.Status = http.StatusTooManyRequests
	case 2:
		f.Status = []int{500, 502, 503, 504}[random.IntN(4)]
	case 3:
		f.Status = http.StatusUnauthorized
	case 4:
		f.Kind = localtenant.FaultReset
	case 5:
		f.Kind = localtenant.FaultHTML
	case 6:
		f.Kind = localtenant.FaultGarbage
	case 7:
		f.Kind = localtenant.FaultResetBody
	case 8:
		f.Kind = localtenant.FaultTruncate
	case 9:
		f.Delay = time.Duration(random.IntN(50)) * time.Millisecond
	case 10:
		f.trickles = true
	case 11:
		if random.IntN(20) == 0 {
			f.Kind = localtenant.FaultHang
		} else {
			f.Kind, f.Status = localtenant.FaultHTML, http.StatusServiceUnavailable
		}
	}
	return f
}

// strikes is the fault for a request. The tenant does not claim a change that it has not made: what
// comes in place of a change is no success. It does not refuse the right client secret, either: after
// such an answer the service asks for no token for some seconds.
func (f fault) strikes(r *http.Request) *localtenant.Fault {
	struck := f.Fault
	token := r.URL.Path == "/oauth/token"
	switch {
	case r.Method != http.MethodGet && !token && struck.Kind == localtenant.FaultGarbage:
		struck.Status = http.StatusBadGateway
	case token && struck.Status == http.StatusUnauthorized:
		struck.Status = http.StatusInternalServerError
	}
	return &struck
}
