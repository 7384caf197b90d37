package auth0

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/problem"
)

const dated = "Sun, 09 Sep 2001 01:47:10 GMT" // Unix time 1,000,000,030

func TestRetryAfter(t *testing.T) {
	now := time.Unix(1_000_000_000, 0)
	for name, tt := range map[string]struct {
		reset, after string
		want         time.Duration
	}{
		"absent":                 {"", "", 0},
		"reset":                  {"1000000030", "", 30 * time.Second},
		"reset, now":             {"1000000000", "", 0},
		"reset, just over":       {"999999999", "", 0},
		"reset, long ago":        {"1", "", 0},
		"reset of zero":          {"0", "", 0},
		"reset in milliseconds":  {"1000000030500", "", 30500 * time.Millisecond},
		"reset in microseconds":  {"1000000030500000", "", 30500 * time.Millisecond},
		"reset with a fraction":  {"1000000030.25", "", 30250 * time.Millisecond},
		"reset as a date":        {dated, "", 30 * time.Second},
		"reset in words":         {"soon", "7", 7 * time.Second},
		"reset below zero":       {"-5", "7", 7 * time.Second},
		"reset far away":         {"99999999999999999999", "7", 7 * time.Second},
		"reset too long":         {"999999999999999999999999999999", "7", 7 * time.Second},
		"reset with an exponent": {"1e9", "7", 7 * time.Second},
		"reset of NaN":           {"NaN", "7", 7 * time.Second},
		"reset in 90,000 s":      {"1000090000", "7", 7 * time.Second},
		"seconds":                {"", "7", 7 * time.Second},
		"fractional seconds":     {"", "1.5", 1500 * time.Millisecond},
		"zero seconds":           {"", "0", 0},
		"negative seconds":       {"", "-7", 0},
		"signed":                 {"", "+7", 0},
		"a day":                  {"", "86400", 24 * time.Hour},
		"more than a day":        {"", "86401", 0},
		"a century":              {"", "9223372037", 0},
		"more than fits":         {"", "9223372036854775808", 0},
		"a timestamp as seconds": {"", "1000000030000", 0},
		"a date":                 {"", dated, 30 * time.Second},
		"a date in RFC 850":      {"", "Sunday, 09-Sep-01 01:47:10 GMT", 30 * time.Second},
		"a past date":            {"", "Sun, 09 Sep 2001 01:46:00 GMT", 0},
		"a date far off":         {"", "Sun, 09 Sep 2101 01:46:00 GMT", 0},
		"the year 1":             {"", "Mon, 01 Jan 0001 00:00:00 GMT", 0},
		"words":                  {"", "in a moment", 0},
		"the reset is later":     {"1000000030", "7", 30 * time.Second},
		"Retry-After is later":   {"1000000001", "7", 7 * time.Second},
		"the reset is over":      {"999999999", "1", time.Second},
		"the reset is over, 2":   {"1000000000", dated, 30 * time.Second},
	} {
		h := http.Header{}
		set(h, "X-RateLimit-Reset", tt.reset)
		set(h, "Retry-After", tt.after)
		if got := retryAfter(429, h, now); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		h.Del("X-RateLimit-Reset")
		if got, want := retryAfter(503, http.Header{"X-Ratelimit-Reset": {tt.reset}, "Retry-After": h["Retry-After"]}, now), retryAfter(429, h, now); got != want {
			t.Errorf("%s: %v on a 503, want %v", name, got, want)
		}
		if got := retryAfter(500, h, now); got != 0 {
			t.Errorf("%s: %v on a 500", name, got)
		}
	}
}

func set(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// A 429 always has a Retry-After, and a 503 if the time is known.
func TestProblemsHaveARetryAfter(t *testing.T) {
	for _, tt := range []struct {
		status      int
		known, want time.Duration
	}{
		{429, 0, time.Second}, {429, time.Millisecond, time.Second}, {429, 40 * time.Second, 40 * time.Second},
		{503, 0, 0}, {503, 5 * time.Second, 5 * time.Second}, {500, 0, 0},
	} {
		err := fmt.Errorf("call: %w", &Error{Status: tt.status, RetryAfter: tt.known})
		if got := problem.From(providerProblem(err)).RetryAfter; got != tt.want {
			t.Errorf("%d after %v: %v, want %v", tt.status, tt.known, got, tt.want)
		}
		if got := problem.From(partlyDone(providerProblem(err), nil, nil)).RetryAfter; got != tt.want {
			t.Errorf("%d after %v, partly done: %v, want %v", tt.status, tt.known, got, tt.want)
		}
	}
}

// With any header, no wait is negative or lasts for days, no attempt is early, and the call
// ends before its deadline.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "1", "-1", "7.5", "1000000030", "1000000030000", "9223372036854775807", "18446744073709551616", "99999999999999999999.9",
		"inf", "nan", "0x10", "1_0", "1e300", " 5", "soon", dated, "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "2001-09-09T01:47:10Z", "\x00", "٣"} {
		f.Add(seed, seed, 429)
		f.Add("946684802", seed, 429) // two seconds into synctest's time
		f.Add("946684801000", seed, 503)
	}
	f.Fuzz(func(t *testing.T, reset, after string, status int) {
		status = 300 + int(uint(status-300)%300) // every status but 2xx
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []func(*http.Request) (*http.Response, error){answering(status, reset, after)}}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			start := time.Now()
			_, err := s.send(request(t, ctx, "GET"))
			if took := time.Since(start); err == nil || took > 5*time.Second-timeToAnswer || len(s.times) > maxAttempts {
				t.Errorf("%v after %v and %d attempts", err, took, len(s.times))
			}
			wait := retryAfter(status, http.Header{"X-Ratelimit-Reset": {reset}, "Retry-After": {after}}, start)
			if wait < 0 || wait > maxWait {
				t.Errorf("the wait is %v", wait)
			}
			if len(s.times) > 1 && s.times[1].Sub(start) < wait {
				t.Errorf("the second attempt came after %v, want %v", s.times[1].Sub(start), wait)
			}
		})
	})
}

func answering(code int, reset, after string) func(*http.Request) (*http.Response, error) {
	return status(code, "X-RateLimit-Reset", reset, "Retry-After", after)
}
