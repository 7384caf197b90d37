package tenanttest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// Seen is told of a request to the tenant with its body, and of the answer's.
type Seen func(r *http.Request, sent, answered []byte)

// Watch has every request and answer from now on told to seen, which may be
// called by several goroutines at once.
func (s *Server) Watch(seen Seen) { s.watch.seen.Store(&seen) }

type watched struct {
	next http.Handler
	seen atomic.Pointer[Seen]
}

func (w *watched) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	seen := w.seen.Load()
	if seen == nil {
		w.next.ServeHTTP(out, r)
		return
	}
	sent, _ := io.ReadAll(r.Body) // what is broken here is broken for the tenant, too
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer := &tee{ResponseWriter: out}
	defer func() { (*seen)(r, sent, answer.written.Bytes()) }()
	w.next.ServeHTTP(answer, r)
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
