package auth0

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// maxTold bounds what is believed of a header's wait. The provider's limits are by
// the second and the minute; what is further away is another unit, or no time at all.
const maxTold = 24 * time.Hour

// retryAfter is how long the provider wants to be left alone; 0 where it does not say.
// Auth0 documents the reset alone, which is in whole seconds and so may be over when it
// is read; what stands before Auth0 says Retry-After (RFC 9110, section 10.2.3). The
// SDK's own retrier reads both (management/internal/retrier.go). On a 503 the reset says
// when the limit is whole again, and nothing of the failure.
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

// untilRetry reads either form of Retry-After: a number of seconds, or a date.
func untilRetry(value string, now time.Time) time.Duration {
	if seconds, ok := decimal(value); ok {
		if seconds > maxTold.Seconds() {
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
	if at.IsZero() || wait < 0 || wait > maxTold {
		return 0
	}
	return wait
}

// resetOf is when the rate limit is reset: Unix time in seconds, as documented, or in a
// smaller unit, or a date. It is zero where that is not told, or not legible.
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
	for seconds >= 1e11 { // in seconds, the year 5138
		seconds /= 1000
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9))
}

// decimals leaves out what ParseFloat takes besides: signs, exponents, "inf", "nan".
var decimals = regexp.MustCompile(`^[0-9]{1,20}(\.[0-9]{1,20})?$`)

func decimal(value string) (float64, bool) {
	if !decimals.MatchString(value) {
		return 0, false
	}
	number, err := strconv.ParseFloat(value, 64)
	return number, err == nil
}
