package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// served sends one request through Serve and returns the response and the only log line.
func served(t *testing.T, h http.Handler, r *http.Request, origin func(*http.Request) httpapi.Origin) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	var log bytes.Buffer
	w := httptest.NewRecorder()
	httpapi.Serve(h, httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, nil)), Deadline: time.Minute, Origin: origin}).ServeHTTP(w, r)
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("the log is not one line: %v: %s", err, log.String())
	}
	return w, line
}

func TestServeRequestID(t *testing.T) {
	from := func(id string) func(*http.Request) httpapi.Origin {
		return func(*http.Request) httpapi.Origin { return httpapi.Origin{RequestID: id} }
	}
	gateways := from("gateways-id")
	tests := map[string]struct {
		sent   string
		origin func(*http.Request) httpapi.Origin
		want   string // "" for a random ID
	}{
		"the caller's":                  {"abc-1.2_3:4/5+6=7", gateways, "abc-1.2_3:4/5+6=7"},
		"an address":                    {"ada@example.com", gateways, "gateways-id"},
		"a token":                       {"eyJhbGciOiJIUzI1NiJ9.e30.c2ln", gateways, "gateways-id"},
		"a token with its scheme":       {"Bearer/eyJhbGciOiJIUzI1NiJ9.e30.c2ln", gateways, "gateways-id"},
		"the longest":                   {strings.Repeat("x", 128), gateways, strings.Repeat("x", 128)},
		"none":                          {"", gateways, "gateways-id"},
		"too long":                      {strings.Repeat("x", 129), gateways, "gateways-id"},
		"with a space":                  {"a b", gateways, "gateways-id"},
		"with a newline":                {"a\nb", gateways, "gateways-id"},
		"with a final newline":          {"a\n", gateways, "gateways-id"},
		"with quotes":                   {`a"b`, gateways, "gateways-id"},
		"not ASCII":                     {"é", gateways, "gateways-id"},
		"an invalid one of the gateway": {"", from("a b"), ""},
		"none of the gateway":           {"", from(""), ""},
		"no gateway":                    {"a b", nil, ""},
		"the caller's, no gateway":      {"mine", nil, "mine"},
	}
	random := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var inside string
			h := handler(func(_ http.ResponseWriter, r *http.Request) error {
				inside = httpapi.RequestID(r.Context())
				return problem.UserNotFound.New("No.")
			})
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Request-Id", tt.sent)
			w, line := served(t, h, r, tt.origin)
			got := []string{w.Header().Get("X-Request-Id"), inside, document(t, w).RequestID, line["request_id"].(string)}
			want := tt.want
			if want == "" && random.MatchString(got[0]) {
				want = got[0]
			}
			if diff := cmp.Diff([]string{want, want, want, want}, got); diff != "" {
				t.Errorf("header, context, document and log:\n%s", diff)
			}
		})
	}
}

func TestServeSetsHeaders(t *testing.T) {
	w, _ := served(t, handler(func(w http.ResponseWriter, _ *http.Request) error { return httpapi.NoContent(w, nil) }),
		httptest.NewRequest("GET", "/", nil), func(*http.Request) httpapi.Origin { return httpapi.Origin{RequestID: "r1"} })
	want := http.Header{"Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"}, "X-Request-Id": {"r1"}}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Error(diff)
	}
}

func TestServeLogs(t *testing.T) {
	tests := map[string]struct {
		handler handler
		caller  httpapi.Caller
		path    string
		want    map[string]any
	}{
		"a success": {
			handler: func(w http.ResponseWriter, r *http.Request) error {
				httpapi.CountProviderCall(r.Context(), httpapi.ProviderCall{Status: 200, Took: 7 * time.Millisecond})
				return httpapi.JSON(w, http.StatusCreated, 1)
			},
			path: "/users/secret-id",
			want: map[string]any{"level": "INFO", "status": 201.0, "route": "GET /users/{id}", "provider_calls": 1.0, "provider_ms": 7.0},
		},
		"a retry, a caller": {
			handler: func(w http.ResponseWriter, r *http.Request) error {
				httpapi.CountProviderCall(r.Context(), httpapi.ProviderCall{Status: 401, Token: true, Refused: true, Took: 1500 * time.Microsecond, Left: -1})
				httpapi.CountProviderCall(r.Context(), httpapi.ProviderCall{Status: 429, Retry: true, Took: 2 * time.Millisecond})
				httpapi.CountSecretFailure(r.Context())
				_, err := w.Write([]byte("x")) // implies status 200
				return err
			},
			caller: httpapi.Caller{ID: "arn:x"},
			path:   "/users/secret-id",
			want: map[string]any{"level": "INFO", "status": 200.0, "route": "GET /users/{id}", "provider_calls": 2.0, "provider_ms": 3.0,
				"provider_retries": 1.0, "provider_throttled": 1.0, "token_fetches": 1.0, "credentials_refused": 1.0, "secret_failures": 1.0, "caller": "arn:x"},
		},
		"a refusal": {
			handler: func(http.ResponseWriter, *http.Request) error { return problem.Invalid("a", "bad") },
			path:    "/users/secret-id",
			want: map[string]any{"level": "INFO", "status": 400.0, "route": "GET /users/{id}", "provider_calls": 0.0, "provider_ms": 0.0,
				"problem": "invalid-request", "error": "invalid-request: a: bad"},
		},
		"a failure with its cause": {
			handler: func(http.ResponseWriter, *http.Request) error {
				return problem.ProviderFailed.Wrap(errors.New("the cause"), "Safe.")
			},
			path: "/users/secret-id",
			want: map[string]any{"level": "ERROR", "status": 502.0, "route": "GET /users/{id}", "provider_calls": 0.0, "provider_ms": 0.0,
				"problem": "provider-failed", "error": "provider-failed: Safe.: the cause"},
		},
		"no route": {
			path: "/secret-id",
			want: map[string]any{"level": "INFO", "status": 404.0, "route": "none", "provider_calls": 0.0, "provider_ms": 0.0},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tt.path, nil)
			h := on("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) error {
				httpapi.NoteCaller(r.Context(), tt.caller)
				return tt.handler(w, r)
			})
			_, line := served(t, h, r, func(*http.Request) httpapi.Origin { return httpapi.Origin{RequestID: "r1"} })
			if ms, ok := line["duration_ms"].(float64); !ok || ms < 0 || ms > 10_000 {
				t.Errorf("duration_ms is %v", line["duration_ms"])
			}
			delete(line, "time")
			delete(line, "duration_ms")
			tt.want["msg"], tt.want["method"], tt.want["request_id"], tt.want["cold"] = "request", "GET", "r1", true
			if diff := cmp.Diff(tt.want, line); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestServeRespondsAfterAPanic(t *testing.T) {
	var none map[string]int
	for name, tt := range map[string]struct {
		panics func()
		logged string
	}{
		"a runtime error": {func() { none["a"] = 1 }, "panic: assignment to entry in nil map\n"},
		"a text":          {func() { panic("secret") }, "panic: string\n"},
		"an error":        {func() { panic(&url.Error{Op: "Get", URL: "https://x.example/?email=secret", Err: io.EOF}) }, "panic: *url.Error\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, line := served(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { tt.panics() }), httptest.NewRequest("GET", "/", nil), nil)
			if got := document(t, w); w.Code != 500 || got.Code != "internal" || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			text, _ := line["error"].(string)
			if !strings.Contains(text, tt.logged) || !strings.Contains(text, "serve_test.go") || line["level"] != "ERROR" || strings.Contains(text, "secret") {
				t.Errorf("the log lacks the panic, stack or level, or has the value: %v", line)
			}
		})
	}
}

func TestServeLogsAPanicAfterTheResponse(t *testing.T) {
	w, line := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("late")
	}), httptest.NewRequest("GET", "/", nil), nil)
	if w.Code != 200 || w.Body.String() != "half" {
		t.Errorf("the response has changed: %d %s", w.Code, w.Body)
	}
	if text, _ := line["error"].(string); !strings.Contains(text, "panic: string") || line["level"] != "ERROR" || line["status"] != 200.0 {
		t.Errorf("the log lacks the panic: %v", line)
	}
}

func TestServeBoundsTheTime(t *testing.T) { synctest.Test(t, boundsTheTime) }

func boundsTheTime(t *testing.T) {
	var left time.Duration
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if deadline, ok := r.Context().Deadline(); ok {
			left = time.Until(deadline)
		}
	})
	log := slog.New(slog.DiscardHandler)
	httpapi.Serve(h, httpapi.ServeOptions{Log: log, Deadline: time.Hour}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if left != time.Hour {
		t.Errorf("the handler had %v", left)
	}
}

func TestServeEndsTheContext(t *testing.T) {
	var done <-chan struct{}
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { done = r.Context().Done() })
	httpapi.Serve(h, httpapi.ServeOptions{Log: slog.New(slog.DiscardHandler), Deadline: time.Hour}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	select {
	case <-done:
	default:
		t.Error("the context is not done after the request")
	}
}

func TestServeKeepsTheFirstStatus(t *testing.T) {
	_, line := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		w.WriteHeader(http.StatusTeapot)
	}), httptest.NewRequest("GET", "/", nil), nil)
	if line["status"] != 202.0 {
		t.Errorf("logged status %v", line["status"])
	}
}

func TestServeLeavesTheWriterReachable(t *testing.T) {
	flushed := errors.New("not called")
	w, _ := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { flushed = http.NewResponseController(w).Flush() }),
		httptest.NewRequest("GET", "/", nil), nil)
	if flushed != nil || !w.Flushed {
		t.Errorf("flush: %v", flushed)
	}
}

func TestOutsideServe(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	httpapi.CountProviderCall(r.Context(), httpapi.ProviderCall{Retry: true}) // has no effect
	if got := httpapi.RequestID(r.Context()); got != "" {
		t.Errorf("got %q", got)
	}
}
