package auth0

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/quota"
)

// script is a provider with a response for each attempt.
type script struct {
	overQuota []quota.Class
	answers   []func(*http.Request) (*http.Response, error)
	bodies    []string
	times     []time.Time
	retries   int
	unpaid    int // retries that the budget did not allow
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.times = append(s.times, time.Now())
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		s.bodies = append(s.bodies, string(body))
	}
	return s.answers[min(len(s.times), len(s.answers))-1](r) // the last one repeats
}

func (s *script) observe(_ context.Context, c Call) {
	if c.Retry {
		s.retries++
	}
}

func (s *script) send(r *http.Request) (*http.Response, error) {
	return s.retrier(&retryBudget{left: maxAttempts}).RoundTrip(r)
}

// retrier returns a retrier that sends to the script.
func (s *script) retrier(budget *retryBudget) *retrier {
	return &retrier{next: s, now: time.Now, observe: s.observe, deadline: usualDeadline, backoff: usualBackoff,
		budget: budget, unpaid: func(context.Context) { s.unpaid++ }, traceparent: func(context.Context) string { return "" },
		quota: quota.NewBudget(quota.Plan{}, time.Now), overQuota: func(context.Context, quota.Class) {}}
}

func status(code int, header ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	}
}

// connected reports a connection to the trace, like http.Transport.
func connected(r *http.Request) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
}

func refused(*http.Request) (*http.Response, error) { return nil, errRefused }

func reset(r *http.Request) (*http.Response, error) {
	connected(r)
	return nil, errors.New("connection reset")
}

func silence(r *http.Request) (*http.Response, error) {
	connected(r)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func broken(r *http.Request) (*http.Response, error) {
	connected(r)
	return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"a":`), failing{}))}, nil
}

// null returns JSON without a value.
func null(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(" null\n"))}, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func request(t *testing.T, ctx context.Context, method string) *http.Request {
	t.Helper()
	var body io.Reader
	if method == "POST" || method == "PATCH" || method == "PUT" {
		body = strings.NewReader(`{"a":1}`)
	}
	r, err := http.NewRequestWithContext(ctx, method, "https://tenant.example.com/x", body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRetrierRepeatsWhatIsSafe(t *testing.T) {
	type answers = []func(*http.Request) (*http.Response, error)
	tests := map[string]struct {
		method   string
		answers  answers
		attempts int
		want     int // status; 0 without a response
	}{
		"read, immediately":                 {"GET", answers{status(200)}, 1, 200},
		"read after 500":                    {"GET", answers{status(500), status(200)}, 2, 200},
		"read after 502, 503, 504":          {"GET", answers{status(502), status(503), status(504), status(200)}, 4, 200},
		"read, always 500":                  {"GET", answers{status(500)}, maxAttempts, 500},
		"read after a refused connection":   {"GET", answers{refused, status(200)}, 2, 200},
		"read after a reset":                {"GET", answers{reset, status(200)}, 2, 200},
		"read after half a response":        {"GET", answers{broken, status(200)}, 2, 200},
		"read after silence":                {"GET", answers{silence, status(200)}, 2, 200},
		"read after 429":                    {"GET", answers{status(429), status(200)}, 2, 200},
		"a write with null is done":         {"PATCH", answers{null}, 1, 200},
		"no read after 404":                 {"GET", answers{status(404)}, 1, 404},
		"no read after 401":                 {"GET", answers{status(401)}, 1, 401},
		"no read after a redirect":          {"GET", answers{status(302, "Location", "/y")}, 1, 302},
		"deletion after 500":                {"DELETE", answers{status(500), status(204)}, 2, 204},
		"deletion after a reset":            {"DELETE", answers{reset, status(204)}, 2, 204},
		"put after 500":                     {"PUT", answers{status(500), status(200)}, 2, 200},
		"head after 500":                    {"HEAD", answers{status(500), status(200)}, 2, 200},
		"write after a refused connection":  {"POST", answers{refused, status(201)}, 2, 201},
		"write, always refused":             {"PATCH", answers{refused}, maxAttempts, 0},
		"write after 429":                   {"PATCH", answers{status(429), status(200)}, 2, 200},
		"no write after a reset":            {"POST", answers{reset, status(201)}, 1, 0},
		"a write with half a response":      {"POST", answers{broken}, 1, 200},
		"a deletion with half a response":   {"DELETE", answers{broken}, 1, 200},
		"repeatable write, half a response": {"TOKEN", answers{broken, status(200)}, 2, 200},
		"no write after 500":                {"POST", answers{status(500), status(201)}, 1, 500},
		"no write after 503":                {"PATCH", answers{status(503), status(200)}, 1, 503},
		"no write after silence":            {"POST", answers{silence, status(201)}, 1, 0},
		"write: refused, then a reset":      {"POST", answers{refused, reset, status(201)}, 2, 0},
		"repeatable write after 500":        {"TOKEN", answers{status(500), status(200)}, 2, 200},
		"repeatable write after a reset":    {"TOKEN", answers{reset, status(200)}, 2, 200},
		"no repeatable write after 403":     {"TOKEN", answers{status(403)}, 1, 403},
		"repeatable write, always 503":      {"TOKEN", answers{status(503)}, maxAttempts, 503},
		"a limit that is already over":      {"GET", answers{status(429, "X-RateLimit-Reset", "1"), status(200)}, 2, 200},
		"a limit with an unreadable time":   {"GET", answers{status(429, "X-RateLimit-Reset", "soon"), status(200)}, 2, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, ctx, method := &script{answers: tt.answers}, t.Context(), tt.method
				if method == "TOKEN" {
					ctx, method = repeatable(ctx), "POST"
				}
				resp, err := s.send(request(t, ctx, method))
				var failure *Error
				got := 0
				if err == nil {
					got = resp.StatusCode
				} else if errors.As(err, &failure) {
					got = failure.Status
				} else {
					t.Fatalf("%v is not an *Error", err)
				}
				if got != tt.want || (err == nil) != (tt.want >= 200 && tt.want < 300) {
					t.Errorf("status %d, %v; want %d", got, err, tt.want)
				}
				if len(s.times) != tt.attempts || s.retries != tt.attempts-1 {
					t.Errorf("%d attempts and %d retries, want %d", len(s.times), s.retries, tt.attempts)
				}
				for _, body := range s.bodies {
					if body != `{"a":1}` {
						t.Errorf("the body was sent as %q", body)
					}
				}
			})
		})
	}
}

func TestRetrierKeepsWithinItsTime(t *testing.T) {
	tests := map[string]struct {
		method   string
		answer   func(*http.Request) (*http.Response, error)
		deadline time.Duration // 0: none
		least    time.Duration
		most     time.Duration
		attempts int
	}{
		"a silent read":               {"GET", silence, 0, usualDeadline - time.Second, usualDeadline, 3},
		"a silent read, less time":    {"GET", silence, time.Second, time.Second, time.Second, 1},
		"a silent write":              {"POST", silence, 0, usualDeadline, usualDeadline, 1},
		"a silent write, less time":   {"POST", silence, time.Second, time.Second, time.Second, 1},
		"errors":                      {"GET", status(500), 0, 0, 1400 * time.Millisecond, 4},
		"errors, no time for another": {"GET", status(500), timeToAnswer, 0, 0, 1}, // the wait is random, so any more time may suffice
		"refused, less time":          {"GET", refused, 450 * time.Millisecond, 0, 250 * time.Millisecond, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				s, start := &script{answers: []func(*http.Request) (*http.Response, error){tt.answer}}, time.Now()
				if _, err := s.send(request(t, ctx, tt.method)); err == nil {
					t.Fatal("no error")
				}
				if took := time.Since(start); took < tt.least || took > tt.most {
					t.Errorf("it took %v, want %v to %v", took, tt.least, tt.most)
				}
				if tt.attempts > 0 && len(s.times) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(s.times), tt.attempts)
				}
			})
		})
	}
}

func TestRetrierEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Millisecond, cancel) // during the wait before the second attempt
		s, start := &script{answers: []func(*http.Request) (*http.Response, error){status(503, "Retry-After", "1")}}, time.Now()
		_, err := s.send(request(t, ctx, "GET"))
		if took := time.Since(start); err == nil || took != 30*time.Millisecond || len(s.times) != 1 {
			t.Errorf("%v after %v and %d attempts", err, took, len(s.times))
		}
	})
}

func TestRetrierHonoursTheRateLimit(t *testing.T) {
	at := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	tests := map[string]struct {
		status   int
		header   func() []string
		attempts int
		waits    time.Duration // the minimum
		says     time.Duration
	}{
		"in time":                   {429, func() []string { return []string{"X-RateLimit-Reset", at(2 * time.Second)} }, 2, 2 * time.Second, 0},
		"in milliseconds":           {429, func() []string { return []string{"X-RateLimit-Reset", at(2*time.Second) + "000"} }, 2, 2 * time.Second, 0},
		"Retry-After in time":       {429, func() []string { return []string{"Retry-After", "3"} }, 2, 3 * time.Second, 0},
		"a date in time":            {429, func() []string { return []string{"Retry-After", date(3 * time.Second)} }, 2, 3 * time.Second, 0},
		"too late":                  {429, func() []string { return []string{"X-RateLimit-Reset", at(40 * time.Second)} }, 1, 0, 40 * time.Second},
		"Retry-After too late":      {429, func() []string { return []string{"Retry-After", "60"} }, 1, 0, time.Minute},
		"a date too late":           {429, func() []string { return []string{"Retry-After", date(time.Minute)} }, 1, 0, time.Minute},
		"exactly the deadline":      {429, func() []string { return []string{"Retry-After", "8"} }, 1, 0, 8 * time.Second},
		"the reset is later":        {429, func() []string { return []string{"X-RateLimit-Reset", at(40 * time.Second), "Retry-After", "1"} }, 1, 0, 40 * time.Second},
		"Retry-After is later":      {429, func() []string { return []string{"X-RateLimit-Reset", at(time.Second), "Retry-After", "40"} }, 1, 0, 40 * time.Second},
		"the reset is now":          {429, func() []string { return []string{"X-RateLimit-Reset", at(0), "Retry-After", "1"} }, 2, time.Second, 0},
		"the reset is over":         {429, func() []string { return []string{"X-RateLimit-Reset", at(-5 * time.Second), "Retry-After", "1"} }, 2, time.Second, 0},
		"only a reset that is over": {429, func() []string { return []string{"X-RateLimit-Reset", at(-5 * time.Second)} }, 2, 0, 0},
		"absurd":                    {429, func() []string { return []string{"X-RateLimit-Reset", "1" + at(0), "Retry-After", "9223372037"} }, 2, 0, 0},
		"unavailable, in time":      {503, func() []string { return []string{"Retry-After", "2"} }, 2, 2 * time.Second, 0},
		"unavailable, too late":     {503, func() []string { return []string{"Retry-After", "60"} }, 1, 0, time.Minute},
		"unavailable, with a reset": {503, func() []string { return []string{"X-RateLimit-Reset", at(40 * time.Second)} }, 2, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []func(*http.Request) (*http.Response, error){status(tt.status, tt.header()...), status(200)}}
				start := time.Now()
				_, err := s.send(request(t, t.Context(), "DELETE"))
				took := time.Since(start)
				if len(s.times) != tt.attempts || took < tt.waits || took > tt.waits+usualBackoff {
					t.Errorf("%d attempts in %v, want %d in %v", len(s.times), took, tt.attempts, tt.waits)
				}
				var failure *Error
				if errors.As(err, &failure) != (tt.attempts == 1) {
					t.Fatalf("%v", err)
				}
				if failure != nil && failure.RetryAfter != tt.says {
					t.Errorf("RetryAfter is %v, want %v", failure.RetryAfter, tt.says)
				}
			})
		})
	}
}

func TestRetrierRandomizesItsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaps := map[time.Duration]bool{}
		for range 20 {
			s := &script{answers: []func(*http.Request) (*http.Response, error){status(500)}}
			_, _ = s.send(request(t, t.Context(), "GET"))
			for i, longest := 1, usualBackoff; i < len(s.times); i, longest = i+1, longest*2 {
				gap := s.times[i].Sub(s.times[i-1])
				if gap >= longest {
					t.Errorf("attempt %d came after %v, want less than %v", i+1, gap, longest)
				}
				gaps[gap] = true
			}
		}
		if len(gaps) < 30 {
			t.Errorf("60 waits have only %d lengths", len(gaps))
		}
	})
}

func TestRetrierDoesNotRepeatAnUnavailableBody(t *testing.T) {
	r := request(t, t.Context(), "POST")
	r.GetBody = nil
	s := &script{answers: []func(*http.Request) (*http.Response, error){status(429), status(201)}}
	_, err := s.send(r)
	if !hasStatus(err, 429) || len(s.times) != 1 {
		t.Errorf("%v after %d attempts", err, len(s.times))
	}
	r = request(t, t.Context(), "POST")
	r.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	s = &script{answers: []func(*http.Request) (*http.Response, error){status(429), status(201)}}
	if _, err := s.send(r); !hasStatus(err, 429) || len(s.times) != 1 {
		t.Errorf("%v after %d attempts", err, len(s.times))
	}
}

func TestRetrierRefusesHugeResponses(t *testing.T) {
	for size, taken := range map[int]bool{maxBody: true, maxBody + 1: false} {
		answer := func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: -1, Body: io.NopCloser(bytes.NewReader(make([]byte, size)))}, nil
		}
		s := &script{answers: []func(*http.Request) (*http.Response, error){answer}}
		resp, err := s.send(request(t, t.Context(), "GET"))
		if !taken {
			if !errors.Is(err, errTooLarge) || len(s.times) != 1 {
				t.Errorf("%d bytes: %v after %d attempts", size, err, len(s.times))
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); err != nil || len(body) != size || resp.ContentLength != int64(size) {
			t.Errorf("%d of %d bytes, %v; ContentLength is %d", len(body), size, err, resp.ContentLength)
		}
	}
}
