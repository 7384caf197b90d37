package users

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"usher/internal/problem"
)

// Sealer makes text that only this service can read and make. What is sealed
// for one purpose and binding does not open for another.
type Sealer interface {
	Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error)
	// Open fails with a problem where the keys cannot be had, and with
	// another error where the text is not ours.
	Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error)
}

const cursorPurpose = "list-cursor"

// maxCursor is the longest cursor that can be ours: it has to fit into a URL
// that the gateway takes.
const maxCursor = 9 << 10

// binding ties a cursor to the filters and the order that it was made for.
// The limit may change from page to page.
func (ask listing) binding() string {
	f := ask.filter
	optional := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	return fmt.Sprintf("%q", []string{
		strings.ToLower(ask.email), ask.sort.String(), f.Search, f.Connection, optional(f.EmailVerified), optional(f.Blocked),
		bound(f.CreatedAfter), bound(f.CreatedBefore), bound(f.LastLoginAfter), bound(f.LastLoginUntil),
	})
}

func bound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func sealCursor(ctx context.Context, sealer Sealer, at Position, binding string) (string, error) {
	plain, err := json.Marshal(at)
	if err != nil {
		return "", fmt.Errorf("encode the cursor: %w", err)
	}
	return sealer.Seal(ctx, cursorPurpose, binding, plain)
}

func openCursor(ctx context.Context, sealer Sealer, cursor, binding string) (*Position, error) {
	if cursor == "" {
		return nil, nil
	}
	field := problem.Field{Field: "cursor", Detail: "is not one that this list gave"}
	refused := problem.InvalidCursor.New("cursor: is not one that a list with these filters and this order gave.", field)
	if len(cursor) > maxCursor {
		return nil, refused
	}
	plain, err := sealer.Open(ctx, cursorPurpose, binding, cursor)
	if problem.IsProblem(err) {
		return nil, err
	}
	if err != nil {
		return nil, refused
	}
	var at Position
	if err := json.Unmarshal(plain, &at); err != nil {
		return nil, refused
	}
	return &at, nil
}

func faultOfSearch(search string) string {
	switch {
	case len(search) > 200:
		return "is longer than 200 bytes"
	case strings.ContainsFunc(search, unicode.IsControl):
		return "has control characters"
	}
	return ""
}
