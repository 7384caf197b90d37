package onaws

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// step is what the fake does with one request.
type step struct {
	status int    // of the response, 0 for 200
	code   string // of the error document
	body   string // of the object, for a GET
	hangs  bool   // no response before the client gives up
}

// fake answers requests in a fixed order, and remembers them.
type fake struct {
	mu    sync.Mutex
	steps []step
	seen  []*http.Request
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client gives up
	f.mu.Lock()
	f.seen = append(f.seen, r)
	next := step{status: http.StatusTeapot, code: "TooManyRequestsOfTheTest"}
	if len(f.steps) > 0 {
		next, f.steps = f.steps[0], f.steps[1:]
	}
	f.mu.Unlock()
	if next.hangs {
		<-r.Context().Done()
		return
	}
	w.Header().Set("X-Amz-Request-Id", "request-1")
	w.Header().Set("X-Amzn-Requestid", "request-1")
	if next.code == "" {
		w.Header().Set("ETag", `"e1"`)
		_, _ = w.Write([]byte(next.body))
		return
	}
	if r.Header.Get("X-Amz-Target") != "" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(next.status)
		_, _ = w.Write([]byte(`{"__type":"` + next.code + `","message":"about ada@example.com"}`))
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(next.status)
	_, _ = w.Write([]byte(`<?xml version="1.0"?><Error><Code>` + next.code + `</Code><Message>about ada@example.com</Message></Error>`))
}

// against returns an AWS whose requests the fake answers with the steps.
func against(t *testing.T, steps ...step) (*AWS, *fake) {
	t.Helper()
	f := &fake{steps: steps}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	role := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key",
		"AWS_SESSION_TOKEN": "session", "AWS_ENDPOINT_URL": server.URL,
	}
	a := New(Options{Bucket: "bucket", Machine: "arn:aws:states:eu-central-1:123456789012:stateMachine:Jobs", Getenv: func(n string) string { return role[n] }, Silence: 200 * time.Millisecond})
	a.wait = immediately{a.wait}
	t.Cleanup(func() {
		if left := len(f.steps); left > 0 && !t.Failed() {
			t.Errorf("%d expected requests were not sent", left)
		}
	})
	return a, f
}

func (f *fake) methods() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := ""
	for _, r := range f.seen {
		all += cmp.Or(r.Header.Get("X-Amz-Target"), r.Method) + " "
	}
	return all
}
