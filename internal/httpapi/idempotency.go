package httpapi

import (
	"net/http"
	"regexp"

	"usher/internal/problem"
)

// keyFormat matches a valid Idempotency-Key.
var keyFormat = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// IdempotencyKey returns the Idempotency-Key header, or "".
func IdempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !keyFormat.MatchString(values[0]) {
		return "", problem.Invalid("Idempotency-Key", "must be one value of 1 to 255 visible ASCII characters")
	}
	return values[0], nil
}
