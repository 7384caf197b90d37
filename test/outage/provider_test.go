//go:build chaos

package outage

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"usher/localtenant"
)

// provider is a local tenant behind a handler that fails the requests with a traceparent: those that
// the fleet's requests cause. It counts them. What the preparation of requests needs comes through.
type provider struct {
	server *httptest.Server
	tenant *localtenant.Tenant
	fail   atomic.Pointer[failure]
	mu     sync.Mutex
	seen   int
	tokens int
	traces map[string][]string // the calls, by the traceparent
}

// failure answers a call in place of next, which is the tenant. call counts those of a trace.
type failure func(w http.ResponseWriter, r *http.Request, call int, next http.Handler)

func startProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{}
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.close)
	tenant, err := localtenant.New(localtenant.Options{BaseURL: p.server.URL, PasswordCost: 4})
	if err != nil {
		t.Fatal(err)
	}
	p.tenant = tenant
	p.reset(nil)
	return p
}

func (p *provider) close() {
	p.server.CloseClientConnections() // Close waits for requests that hang
	p.server.Close()
}

// reset forgets what was counted, and sets how the provider fails; nil for not at all.
func (p *provider) reset(fail failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen, p.tokens, p.traces = 0, 0, map[string][]string{}
	if fail == nil {
		fail = func(w http.ResponseWriter, r *http.Request, _ int, next http.Handler) { next.ServeHTTP(w, r) }
	}
	p.fail.Store(&fail)
}

func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	trace := r.Header.Get("Traceparent")
	if trace == "" {
		p.tenant.ServeHTTP(w, r)
		return
	}
	p.mu.Lock()
	p.seen++
	if r.URL.Path == "/oauth/token" {
		p.tokens++
	}
	p.traces[trace] = append(p.traces[trace], r.Method+" "+r.URL.Path)
	call := len(p.traces[trace])
	p.mu.Unlock()
	(*p.fail.Load())(w, r, call, p.tenant)
}

func (p *provider) counts() (seen, tokens int, traces map[string][]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen, p.tokens, maps.Clone(p.traces)
}

// limited is a 429 whose limit ends within a second, so that a retry fits into the deadline.
func limited(w http.ResponseWriter, _ *http.Request, _ int, _ http.Handler) {
	h := w.Header()
	h.Set("X-RateLimit-Limit", "50")
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Second).Unix(), 10))
	answer(w, http.StatusTooManyRequests, "too_many_requests")
}

func unavailable(w http.ResponseWriter, _ *http.Request, _ int, _ http.Handler) {
	answer(w, http.StatusServiceUnavailable, "service_unavailable")
}

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"statusCode":` + strconv.Itoa(status) + `,"error":"` + code + `","message":"Not now","errorCode":"` + code + `"}`))
}

// hang answers nothing until the client gives up, which the server notices once it has read the body.
func hang(_ http.ResponseWriter, r *http.Request, _ int, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// reset closes the connection, before or after the call had its effect.
func reset(r *http.Request, after bool, next http.Handler) {
	if after {
		next.ServeHTTP(httptest.NewRecorder(), r)
	}
	panic(http.ErrAbortHandler)
}

// refuse ends the server, and keeps its port: connections to it are refused.
func (p *provider) refuse(t *testing.T) {
	t.Helper()
	p.close()
	addr := p.server.Listener.Addr().(*net.TCPAddr)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(addr.IP.To4())}); err != nil {
		t.Fatal(err)
	}
}
