//go:build chaos

package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"usher/localtenant"
)

// provider is the local tenant, and what the checks have to know of its calls. The calls of a step have
// its traceparent; those that prepare a step have none, and no faults.
type provider struct {
	server *httptest.Server
	tenant *localtenant.Tenant
	next   http.Handler // the tenant, or what a test has put before it
	broken func(*http.Request)

	mu     sync.Mutex
	steps  map[string]*calls // by traceparent
	tokens []string          // management tokens
}

// calls are those of a step.
type calls struct {
	step    step
	count   int
	struck  int      // faults
	deleted []string // the IDs of users
	secrets []string // tokens
}

func traceparent(n int) string { return fmt.Sprintf("00-%032x-%016x-01", n+1, n+1) }

// begin makes the provider expect a step's calls.
func (p *provider) begin(s step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps[traceparent(s.n)] = &calls{step: s}
}

// end returns a step's calls. Later ones have no faults.
func (p *provider) end(s step) calls {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.steps[traceparent(s.n)]
	delete(p.steps, traceparent(s.n))
	return *c
}

// managementTokens returns the newest hundred.
func (p *provider) managementTokens() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tokens)
}

type faultKey struct{}

// chosen is for localtenant.Tenant.FailBy.
func chosen(r *http.Request) *localtenant.Fault {
	f, _ := r.Context().Value(faultKey{}).(*localtenant.Fault)
	return f
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	trace := r.Header.Get("Traceparent")
	if p.broken != nil && trace != "" {
		p.broken(r)
	}
	if f, ok := p.note(trace, r); ok {
		r = r.WithContext(context.WithValue(r.Context(), faultKey{}, f.strikes(r)))
		if f.trickles {
			w = trickle{w}
		}
	}
	if r.URL.Path == "/oauth/token" {
		tee := &tee{ResponseWriter: w}
		defer func() { p.noteTokens(trace, string(body), tee.written.Bytes()) }()
		w = tee
	}
	p.next.ServeHTTP(w, r)
}

// note counts a call, and returns its fault.
func (p *provider) note(trace string, r *http.Request) (fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.steps[trace]
	if c == nil {
		return fault{}, false
	}
	c.count++
	if id, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v2/users/"); ok && r.Method == http.MethodDelete && !strings.Contains(id, "/") {
		id, _ = url.PathUnescape(id)
		c.deleted = append(c.deleted, id)
	}
	f, ok := c.step.faults[c.count]
	if ok {
		c.struck++
	}
	return f, ok
}

func (p *provider) noteTokens(trace, sent string, answered []byte) {
	var told map[string]any
	_ = json.Unmarshal(answered, &told)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		token, _ := told[name].(string)
		switch {
		case token == "":
		case strings.Contains(sent, "client_credentials"):
			p.tokens = append(p.tokens[max(0, len(p.tokens)-99):], token)
		case p.steps[trace] != nil:
			p.steps[trace].secrets = append(p.steps[trace].secrets, token)
		}
	}
}

// trickle sends an answer in small pieces.
type trickle struct{ http.ResponseWriter }

func (t trickle) Write(body []byte) (int, error) {
	sent := 0
	for piece := range slices.Chunk(body, max(1, len(body)/10+1)) {
		n, err := t.ResponseWriter.Write(piece)
		sent += n
		if err == nil {
			err = http.NewResponseController(t.ResponseWriter).Flush()
		}
		if err != nil {
			return sent, err
		}
		time.Sleep(3 * time.Millisecond)
	}
	return sent, nil
}

func (t trickle) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// tee keeps what is written.
type tee struct {
	http.ResponseWriter
	written bytes.Buffer
}

func (t *tee) Write(body []byte) (int, error) {
	t.written.Write(body)
	return t.ResponseWriter.Write(body)
}

func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
