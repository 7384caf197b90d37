//go:build !race

package quota

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"usher/internal/auth0"
	"usher/internal/problem"
	"usher/internal/quota"
	"usher/internal/secrets"
)

// deadline is the time of a request in its function.
const deadline = 8 * time.Second

// lifetime is the number of requests after which a short-lived container is replaced.
const lifetime = 10

// container is a function's execution environment: it serves one request at a time.
type container struct {
	client *auth0.Client
	served int
	short  bool // it is replaced soon
}

// company is the containers of all functions, by function.
type company struct {
	provider    *provider
	plan        quota.Plan // as the functions know it
	credentials secrets.Static
	gateway     gateway
	containers  int // of each function
	mu          sync.Mutex
	idle        map[string][]*container
	random      *rand.Rand
}

func (c *company) newClient() *auth0.Client {
	return auth0.New(auth0.Options{Credentials: c.credentials, Now: time.Now, Plan: c.plan, Transport: c.provider})
}

// start makes the containers of a function, half of which are short-lived.
func (c *company) start(function string) {
	for i := range c.containers {
		c.idle[function] = append(c.idle[function], &container{client: c.newClient(), short: i%2 == 0, served: c.random.IntN(lifetime)})
	}
}

// take takes a random idle container of a function. It knows less than the last used one, which
// Lambda would prefer.
func (c *company) take(function string) *container {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, started := c.idle[function]; !started {
		c.start(function)
	}
	all := c.idle[function]
	if len(all) == 0 {
		return &container{client: c.newClient()}
	}
	i := c.random.IntN(len(all))
	taken := all[i]
	all[i] = all[len(all)-1]
	c.idle[function] = all[:len(all)-1]
	return taken
}

// giveBack returns a container, or its replacement.
func (c *company) giveBack(function string, used *container) {
	c.mu.Lock()
	defer c.mu.Unlock()
	used.served++
	if used.short && used.served >= lifetime {
		used = &container{client: c.newClient(), short: true}
	}
	c.idle[function] = append(c.idle[function], used)
}

// request is what a front-end asks for.
type request struct {
	function string
	class    quota.Class
	do       func(context.Context, *auth0.Client) error
}

// errThrottled is the gateway's 429.
var errThrottled = problem.TooManyRequests.New("The gateway refused the request.")

// send sends a request through the gateway to a function.
func (c *company) send(ctx context.Context, r request) error {
	if !c.gateway.admits(r.function, time.Now()) {
		p := *errThrottled
		p.RetryAfter = time.Second
		return &p
	}
	ctx, cancel := context.WithTimeout(quota.With(ctx, r.class), deadline)
	defer cancel()
	used := c.take(r.function)
	defer c.giveBack(r.function, used)
	return r.do(ctx, used.client)
}
