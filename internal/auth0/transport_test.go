package auth0

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Defaults are the production values, and all times follow from the deadline.
func TestDeadlines(t *testing.T) {
	for deadline, want := range map[time.Duration]struct{ all, attempt, dial, keys time.Duration }{
		0:               {8 * time.Second, 3 * time.Second, 2 * time.Second, 5 * time.Second},
		8 * time.Minute: {8 * time.Minute, 3 * time.Minute, 2 * time.Minute, 5 * time.Minute},
	} {
		c, _ := newClient(holding(credentialsAt("https://tenant.example.com", "s3cr3t")), newClock(), func(o *Options) { o.Deadline = deadline })
		shake := c.opts.Transport.(*transport).TLSHandshakeTimeout
		if c.opts.Deadline != want.all || c.tokens.deadline != want.all || attemptTime(c.opts.Deadline) != want.attempt || shake != want.dial {
			t.Errorf("with %v: %v in all, %v for a token, %v an attempt, %v to connect", deadline, c.opts.Deadline, c.tokens.deadline, attemptTime(c.opts.Deadline), shake)
		}
		if got := c.signingKeys(credentialsAt("https://tenant.example.com", "s3cr3t")).Timeout; got != want.keys {
			t.Errorf("with %v: %v for the keys", deadline, got)
		}
	}
}

// pipes is an in-memory network that counts connections.
type pipes struct {
	accepted chan net.Conn
	dialed   int
}

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.dialed++
	p.accepted <- there
	return here, nil
}

func (p *pipes) Accept() (net.Conn, error) {
	if c, open := <-p.accepted; open {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p *pipes) Close() error { return nil }
func (p *pipes) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
}

// One connection serves all sequential requests, whatever the responses are. The clock
// stands still, so that a slow machine does not look like a frozen instance.
func TestConnectionsAreKept(t *testing.T) {
	answers := map[string]func(http.ResponseWriter){
		"/read":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{}`) },
		"/large":   func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat(" ", 1<<20)) },
		"/nothing": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"/refused": func(w http.ResponseWriter) { http.Error(w, strings.Repeat("no ", 10_000), http.StatusForbidden) },
		"/missing": func(w http.ResponseWriter) { http.Error(w, `{}`, http.StatusNotFound) },
		"/limited": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "60")
			http.Error(w, `{}`, http.StatusTooManyRequests)
		},
	}
	synctest.Test(t, func(t *testing.T) {
		network, below := overPipes(t, time.Now, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			answers[r.URL.Path](w)
		})
		tenant := (&script{}).retrier(newRetryBudget(firstRetries))
		tenant.next = below
		for range 3 {
			for path := range answers {
				for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
					r := request(t, t.Context(), method)
					r.URL.Scheme, r.URL.Path = "http", path
					_, _ = tenant.RoundTrip(r)
				}
			}
		}
		if network.dialed != 1 {
			t.Errorf("%d connections", network.dialed)
		}
	})
}

func TestConnectionsAreNotTrustedAfterAFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := newClock()
		network, below := overPipes(t, clock.Now, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		for _, step := range []struct {
			sleep time.Duration
			want  int // the total number of connections
		}{{0, 1}, {0, 1}, {frozenAfter, 1}, {frozenAfter + time.Second, 2}, {time.Second, 2}, {time.Hour, 3}} {
			clock.Advance(step.sleep)
			r := request(t, t.Context(), "GET")
			r.URL.Scheme = "http"
			resp, err := below.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if network.dialed != step.want {
				t.Errorf("after %v there are %d connections, want %d", step.sleep, network.dialed, step.want)
			}
		}
	})
}

// overPipes serves a handler in memory, and returns a transport to it.
func overPipes(t *testing.T, now func() time.Time, h http.HandlerFunc) (*pipes, *transport) {
	network, server := &pipes{accepted: make(chan net.Conn)}, &http.Server{Handler: h}
	go func() { _ = server.Serve(network) }()
	below := newTransport(now, usualDeadline)
	below.DialContext = network.dial
	t.Cleanup(func() {
		below.CloseIdleConnections()
		close(network.accepted)
		_ = server.Close()
	})
	return network, below
}
