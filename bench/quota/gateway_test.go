//go:build !race

package quota

import (
	"sync"
	"time"
)

// gateway throttles routes by token buckets, exactly. API Gateway only approaches its limits
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
type gateway struct {
	caps map[string]throttle // by function; others are not limited
	mu   *sync.Mutex
	now  map[string]*filled
}

type throttle struct{ rate, burst float64 }

type filled struct {
	tokens float64
	at     time.Time
}

func newGateway(caps map[string]throttle) gateway {
	return gateway{caps: caps, mu: &sync.Mutex{}, now: map[string]*filled{}}
}

func (g gateway) admits(function string, at time.Time) bool {
	limit, limited := g.caps[function]
	if !limited {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.now[function]
	if f == nil {
		f = &filled{limit.burst, at}
		g.now[function] = f
	}
	f.tokens = min(limit.burst, f.tokens+at.Sub(f.at).Seconds()*limit.rate)
	f.at = at
	if f.tokens < 1 {
		return false
	}
	f.tokens--
	return true
}
