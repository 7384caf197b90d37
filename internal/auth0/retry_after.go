package auth0

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// maxWait is the longest plausible wait from a header. The provider's limits are per second
// and per minute, so a longer wait is another unit or invalid.
const maxWait = 24 * time.Hour

// retryAfter returns how long to wait before the next request; 0 if unknown. Auth0 documents only
// X-RateLimit-Reset, in whole seconds, which may already be over. Proxies in front of Auth0 send
// Retry-After (RFC 9110, section 10.2.3). The SDK's retrier reads both
// (management/internal/retrier.go). On a 503 the reset concerns only the rate limit, not the failure.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	after := untilRetry(h.Get("Retry-After"), now)
	switch status {
	case http.StatusTooManyRequests:
		return max(after, untilInstant(resetOf(h), now))
	case http.StatusServiceUnavailable:
		return after
	}
	return 0
}

// untilRetry reads both forms of Retry-After: a number of seconds, and a date.
func untilRetry(value string, now time.Time) time.Duration {
	if seconds, ok := decimal(value); ok {
		if seconds > maxWait.Seconds() {
			return 0
		}
		return time.Duration(seconds * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return untilInstant(at, now)
}

func untilInstant(at, now time.Time) time.Duration {
	wait := at.Sub(now)
	if at.IsZero() || wait < 0 || wait > maxWait {
		return 0
	}
	return wait
}

// resetOf returns the time of the rate limit's reset: Unix seconds, as documented, a
// smaller unit, or a date. It is zero if the header is absent or unreadable.
func resetOf(h http.Header) time.Time {
	value := h.Get("X-RateLimit-Reset")
	seconds, ok := decimal(value)
	if !ok {
		at, err := http.ParseTime(value)
		if err != nil {
			return time.Time{}
		}
		return at
	}
	for seconds >= 1e11 { // as seconds it would be after the year 5138
		seconds /= 1000
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9))
}

// decimals excludes what ParseFloat also accepts: signs, exponents, "inf", "nan".
var decimals = regexp.MustCompile(`^[0-9]{1,20}(\.[0-9]{1,20})?$`)

func decimal(value string) (float64, bool) {
	if !decimals.MatchString(value) {
		return 0, false
	}
	number, err := strconv.ParseFloat(value, 64)
	return number, err == nil
}
