package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Timeout is the functions' timeout in template.yaml.
const Timeout = 10 * time.Second

// Runtime is the runtime API of many processes
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type Runtime struct {
	server   *http.Server
	addr     string
	mu       sync.Mutex
	started  int
	machines map[string]*mailbox
}

// mailbox is the runtime API of one process.
type mailbox struct {
	events  chan event
	answers chan answer
	asked   chan struct{} // closed when the process asks for its first event
	once    sync.Once
}

type event struct {
	id       string
	body     []byte
	deadline time.Time
}

type answer struct {
	id   string
	body []byte
	err  error
}

// NewRuntime serves a runtime API on loopback.
func NewRuntime() (*Runtime, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the runtime API: %w", err)
	}
	rt := &Runtime{addr: listener.Addr().String(), machines: map[string]*mailbox{}}
	const base = "/{machine}/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"invocation/next", rt.next)
	mux.HandleFunc("POST "+base+"invocation/{id}/response", rt.response)
	mux.HandleFunc("POST "+base+"invocation/{id}/error", rt.failure)
	rt.server = &http.Server{Handler: mux}
	go func() { _ = rt.server.Serve(listener) }()
	return rt, nil
}

// Close ends the API. The processes should have ended before.
func (rt *Runtime) Close() error { return rt.server.Close() }

func (rt *Runtime) register() (name string, box *mailbox) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.started++
	name = "m" + strconv.Itoa(rt.started)
	box = &mailbox{events: make(chan event), answers: make(chan answer, 1), asked: make(chan struct{})}
	rt.machines[name] = box
	return name, box
}

func (rt *Runtime) forget(name string) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	delete(rt.machines, name)
}

func (rt *Runtime) mailbox(w http.ResponseWriter, r *http.Request) *mailbox {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	box := rt.machines[r.PathValue("machine")]
	if box == nil {
		http.Error(w, "no such process", http.StatusNotFound)
	}
	return box
}

func (rt *Runtime) next(w http.ResponseWriter, r *http.Request) {
	box := rt.mailbox(w, r)
	if box == nil {
		return
	}
	box.once.Do(func() { close(box.asked) })
	select {
	case <-r.Context().Done():
	case e := <-box.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.deadline.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:usher")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(e.body)
	}
}

func (rt *Runtime) response(w http.ResponseWriter, r *http.Request) {
	rt.ended(w, r, func(body []byte) answer { return answer{body: body} })
}

func (rt *Runtime) failure(w http.ResponseWriter, r *http.Request) {
	rt.ended(w, r, func(body []byte) answer { return answer{err: fmt.Errorf("the function failed: %s", body)} })
}

func (rt *Runtime) ended(w http.ResponseWriter, r *http.Request, of func([]byte) answer) {
	box := rt.mailbox(w, r)
	if box == nil {
		return
	}
	body, err := io.ReadAll(r.Body)
	a := of(body)
	if err != nil {
		a = answer{err: fmt.Errorf("read the function's answer: %w", err)}
	}
	a.id = r.PathValue("id")
	box.answers <- a
	w.WriteHeader(http.StatusAccepted)
}

// ErrTimeout means that the function did not answer within its timeout. Lambda ends such a process.
var ErrTimeout = errors.New("the function did not answer within its timeout")
