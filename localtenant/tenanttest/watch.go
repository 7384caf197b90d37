package tenanttest

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

// Seen is told of a request to the tenant with its body, and of the answer's.
type Seen func(r *http.Request, sent, answered []byte)

// Watch has every request and answer from now on told to seen, which may be
// called by several goroutines at once.
func (s *Server) Watch(seen Seen) { s.watch.seen.Store(&seen) }

// Rewritten makes another body of a 2xx answer's, whose request has had its effect.
type Rewritten func(r *http.Request, answered []byte) []byte

// Rewrite has the body of every 2xx answer from now on go through rewritten, which
// may be called by several goroutines at once; nil ends that.
func (s *Server) Rewrite(rewritten Rewritten) {
	if rewritten == nil {
		s.watch.rewritten.Store(nil)
		return
	}
	s.watch.rewritten.Store(&rewritten)
}

type watched struct {
	next      http.Handler
	seen      atomic.Pointer[Seen]
	rewritten atomic.Pointer[Rewritten]
}

func (w *watched) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	seen := w.seen.Load()
	if seen == nil {
		w.serve(out, r)
		return
	}
	sent, _ := io.ReadAll(r.Body) // what is broken here is broken for the tenant, too
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer := &tee{ResponseWriter: out}
	defer func() { (*seen)(r, sent, answer.written.Bytes()) }()
	w.serve(answer, r)
}

func (w *watched) serve(out http.ResponseWriter, r *http.Request) {
	rewritten := w.rewritten.Load()
	if rewritten == nil {
		w.next.ServeHTTP(out, r)
		return
	}
	answer := httptest.NewRecorder()
	w.next.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	if answer.Code/100 == 2 {
		body = (*rewritten)(r, body)
	}
	maps.Copy(out.Header(), answer.Header())
	out.Header().Del("Content-Length")
	out.WriteHeader(answer.Code)
	if answer.Code != http.StatusNoContent {
		_, _ = out.Write(body)
	}
}

// tee keeps what is written.
type tee struct {
	http.ResponseWriter
	written bytes.Buffer
}

func (t *tee) Write(p []byte) (int, error) {
	t.written.Write(p)
	return t.ResponseWriter.Write(p)
}

// Hijack is for faults that break the connection.
func (t *tee) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(t.ResponseWriter).Hijack()
}

// Flush is for faults that break an answer in the middle.
func (t *tee) Flush() { _ = http.NewResponseController(t.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController reach the writer below.
func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
