package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"usher/internal/problem"
)

// Sealer makes text that only this service can make and read. What is sealed
// for one purpose and binding does not open for another.
type Sealer interface {
	Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error)
	// Open fails with a problem where the keys cannot be had, and with
	// another error where the text is not ours.
	Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error)
}

// maxCursor is the longest cursor that can be ours, in bytes: it has to fit
// into a URL that the gateway takes.
const maxCursor = 9 << 10

// SealCursor makes a cursor of a position in a list. The purpose names the
// operation; the binding, what else the cursor is good for alone.
func SealCursor[P any](ctx context.Context, sealer Sealer, purpose, binding string, position P) (string, error) {
	plain, err := json.Marshal(position)
	if err != nil {
		return "", fmt.Errorf("encode the cursor: %w", err)
	}
	return sealer.Seal(ctx, purpose, binding, plain)
}

// OpenCursor returns the position in a cursor, nil for "". It fails with
// invalid-cursor for what SealCursor did not make for this purpose and binding.
func OpenCursor[P any](ctx context.Context, sealer Sealer, purpose, binding, cursor string) (*P, error) {
	if cursor == "" {
		return nil, nil
	}
	field := problem.Field{Field: "cursor", Detail: "is not one that this list gave"}
	refused := problem.InvalidCursor.New("cursor: is not one that this list gave, with the same filters and order.", field)
	if len(cursor) > maxCursor {
		return nil, refused
	}
	plain, err := sealer.Open(ctx, purpose, binding, cursor)
	if problem.IsProblem(err) {
		return nil, err
	}
	if err != nil {
		return nil, refused
	}
	var position P
	if err := json.Unmarshal(plain, &position); err != nil {
		return nil, refused
	}
	return &position, nil
}

// LinkNext sets the header Link to the next page: this request with another
// cursor, and with the limit that it was answered by.
func LinkNext(w http.ResponseWriter, r *http.Request, cursor string, limit int) {
	values := r.URL.Query()
	values.Set("cursor", cursor)
	values.Set("limit", strconv.Itoa(limit))
	w.Header().Set("Link", "<?"+values.Encode()+`>; rel="next"`)
}
