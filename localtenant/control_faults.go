package localtenant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault makes the tenant fail. It first waits for Delay; then its Kind, else its
// Status, else nothing more happens to the request.
type Fault struct {
	Route       string        `json:"route,omitempty"`       // as in Stats, "GET /api/v2/users/{id}"; "" is any
	Times       int           `json:"times,omitempty"`       // how many requests it strikes; 0 is until ClearFaults
	Probability float64       `json:"probability,omitempty"` // of striking a request, 0 to 1; 0 is always
	Every       int           `json:"every,omitempty"`       // strikes one request in so many; 0 is every one
	Delay       time.Duration `json:"-"`                     // before anything else

	Kind   FaultKind   `json:"kind,omitempty"`
	Status int         `json:"status,omitempty"` // answered in place of what the route does
	Header http.Header `json:"header,omitempty"` // added to the answer
	Body   string      `json:"body,omitempty"`   // of the answer; "" is an error in Auth0's shape
	Reset  time.Time   `json:"reset,omitzero"`   // the x-ratelimit-reset of a 429; zero is in a second

	passed int // requests that it spared since it struck
}

// FaultKind is a way of failing other than by a status.
type FaultKind string

// Hang, Reset and HTML strike before the route is run. Those that cut an answer
// off do so after it: the request had its effect and the caller cannot know.
const (
	FaultHang      FaultKind = "hang"       // no answer, ever
	FaultReset     FaultKind = "reset"      // the connection closes before an answer
	FaultHTML      FaultKind = "html"       // a proxy's page, with Status or 502
	FaultGarbage   FaultKind = "garbage"    // 200 and what is not JSON
	FaultResetBody FaultKind = "reset-body" // the connection closes in the middle of the body
	FaultTruncate  FaultKind = "truncate"   // a whole answer that holds half the JSON
)

var faultKinds = []FaultKind{
	"", FaultHang, FaultReset, FaultHTML, FaultGarbage, FaultResetBody, FaultTruncate,
}

type faultList struct {
	choose atomic.Pointer[func(*http.Request) *Fault]
	mu     sync.Mutex
	list   []*Fault
}

// Fail adds a fault. The first that fits a request strikes it.
func (t *Tenant) Fail(f Fault) {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	if f.Every > 0 {
		f.passed = rand.N(f.Every)
	}
	t.faults.list = append(t.faults.list, &f)
}

// FailBy has choose say which fault strikes a request that no other fault strikes; nil is none. So a
// test can make faults follow from a seed. It may be called by several goroutines at once.
func (t *Tenant) FailBy(choose func(*http.Request) *Fault) { t.faults.choose.Store(&choose) }

// ClearFaults takes all faults away.
func (t *Tenant) ClearFaults() {
	t.faults.choose.Store(nil)
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.list = nil
}

// faultWire is a fault in JSON, its delay as text.
type faultWire struct {
	Fault
	Delay Duration `json:"delay,omitempty"`
}

func (l *faultList) all() []faultWire {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []faultWire{}
	for _, f := range l.list {
		out = append(out, faultWire{Fault: *f, Delay: Duration(f.Delay)})
	}
	return out
}

// checkFault refuses a fault that could never strike, or never end well.
func (t *Tenant) checkFault(f Fault) error {
	switch {
	case f.Route != "" && !slices.ContainsFunc(t.Routes(), func(r Route) bool { return r.Pattern == f.Route }):
		return fmt.Errorf("no route %q: want one as in the stats, such as \"GET /api/v2/users/{id}\"", f.Route)
	case f.Times < 0 || f.Every < 0 || f.Probability < 0 || f.Probability > 1 || f.Delay < 0:
		return errors.New("times, every and delay may not be negative, and probability is 0 to 1")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d: want 200 to 599", f.Status)
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("unknown kind %q", f.Kind)
	case f.Kind == "" && f.Status == 0 && f.Delay == 0:
		return errors.New("want a kind, a status or a delay")
	}
	return nil
}

// take finds the fault that strikes a request, if any, and counts it.
func (l *faultList) take(route string, r *http.Request) *Fault {
	if f := l.listed(route); f != nil {
		return f
	}
	if choose := l.choose.Load(); choose != nil {
		return (*choose)(r)
	}
	return nil
}

func (l *faultList) listed(route string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.list {
		if (f.Route != "" && f.Route != route) || (f.Probability > 0 && rand.Float64() >= f.Probability) {
			continue
		}
		if f.passed++; f.passed < f.Every {
			continue
		}
		f.passed = 0
		struck := *f
		if f.Times == 1 {
			l.list = slices.Delete(l.list, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return &struck
	}
	return nil
}

// before does what happens in place of the route. It says whether the request is over.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	if f == nil {
		return false
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case f.Kind == FaultHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Kind == FaultReset:
		panic(http.ErrAbortHandler) // net/http closes the connection and says nothing
	case f.Kind == FaultHTML:
		f.answer(w, "text/html; charset=utf-8", cmp.Or(f.Status, http.StatusBadGateway),
			cmp.Or(f.Body, "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"))
	case f.Kind == FaultGarbage:
		f.answer(w, "application/json", cmp.Or(f.Status, http.StatusOK), cmp.Or(f.Body, "{\"user_id\": \x00\xff<<<"))
	case f.Kind == "" && f.Status != 0:
		f.answer(w, "application/json; charset=utf-8", f.Status, cmp.Or(f.Body, f.errorBody()))
	default:
		return false
	}
	return true
}

func (f *Fault) answer(w http.ResponseWriter, contentType string, status int, body string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	if status == http.StatusTooManyRequests {
		reset := f.Reset
		if reset.IsZero() {
			reset = time.Now().Add(time.Second)
		}
		h.Set("X-RateLimit-Limit", "10")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	}
	for name, values := range f.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func (f *Fault) errorBody() string {
	e := newAPIError(f.Status, "", "%s", http.StatusText(f.Status))
	switch f.Status {
	case http.StatusTooManyRequests:
		e.Code, e.Message = "too_many_requests", "Global limit has been reached"
	case http.StatusInternalServerError:
		e.Code, e.Message = "internal_error", "An internal server error occurred"
	}
	if strings.Contains(f.Route, "/oauth/token") {
		b, _ := json.Marshal(newOAuthError(f.Status, cmp.Or(e.Code, "server_error"), "%s", e.Message))
		return string(b)
	}
	b, _ := json.Marshal(e) // a struct of text and numbers always encodes
	return string(b)
}

// after sends what the route answered, or a part of it.
func (f *Fault) after(w http.ResponseWriter, buf *buffer) {
	body := buf.body.Bytes()
	if f == nil {
		buf.send(w, body)
		return
	}
	for name, values := range f.Header {
		buf.header[http.CanonicalHeaderKey(name)] = values
	}
	switch f.Kind {
	case FaultTruncate:
		buf.send(w, body[:len(body)/2])
	case FaultResetBody:
		buf.header.Set("Content-Length", strconv.Itoa(len(body)+1)) // promise more than is sent
		buf.send(w, body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	default:
		buf.send(w, body)
	}
}
