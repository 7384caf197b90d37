package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"usher/internal/problem"
)

// Sealer creates text that only this service can create and read. Text sealed for a purpose
// and binding does not open for another.
type Sealer interface {
	Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error)
	// Open fails with a problem if the keys are unavailable, and with another error for foreign text.
	Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error)
}

// maxCursor is the longest possible cursor, in bytes. It fits into a URL that the gateway accepts.
const maxCursor = 9 << 10

// SealCursor returns a cursor for a position in a list. purpose names the operation;
// binding contains the filters and the order that the cursor is valid for.
func SealCursor[P any](ctx context.Context, sealer Sealer, purpose, binding string, position P) (string, error) {
	plain, err := json.Marshal(position)
	if err != nil {
		return "", fmt.Errorf("encode the cursor: %w", err)
	}
	return sealer.Seal(ctx, purpose, binding, plain)
}

// OpenCursor returns the position in a cursor; nil for "". It fails with invalid-cursor for
// a cursor that SealCursor did not create for this purpose and binding.
func OpenCursor[P any](ctx context.Context, sealer Sealer, purpose, binding, cursor string) (*P, error) {
	if cursor == "" {
		return nil, nil
	}
	field := problem.Field{Field: "cursor", Detail: "is not from this list"}
	refused := problem.InvalidCursor.New("cursor: is not from this list with the same filters and order.", field)
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

// LinkNext sets the header Link to the next page: this request with another cursor and the effective limit.
func LinkNext(w http.ResponseWriter, r *http.Request, cursor string, limit int) {
	values := r.URL.Query()
	values.Set("cursor", cursor)
	values.Set("limit", strconv.Itoa(limit))
	w.Header().Set("Link", "<?"+values.Encode()+`>; rel="next"`)
}
