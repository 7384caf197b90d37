package users

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"usher/internal/address"
	"usher/internal/httpapi"
)

// Sealer makes text that only this service can make and read.
type Sealer = httpapi.Sealer

const cursorPurpose = "list-cursor"

// binding ties a cursor to the filters and the order that it was made for, those
// of the front-end's limits included.
// The limit may change from page to page.
func (ask listing) binding() string {
	f := ask.filter
	optional := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	all := []string{
		address.Fold(ask.email), ask.sort.String(), f.Search, f.Connection, optional(f.EmailVerified), optional(f.Blocked),
		bound(f.CreatedAfter), bound(f.CreatedBefore), bound(f.LastLoginAfter), bound(f.LastLoginUntil),
	}
	return fmt.Sprintf("%q", append(all, f.Connections...))
}

// cursorStep is what the length of a limited front-end's positions is a multiple of, in
// bytes: the length of a cursor shows, and a position may stand behind users who are hidden.
const cursorStep = 512

// seal makes the cursor of a position.
func (ask listing) seal(ctx context.Context, sealer Sealer, at Position) (string, error) {
	if ask.filter.Connections == nil {
		return httpapi.SealCursor(ctx, sealer, cursorPurpose, ask.binding(), at)
	}
	type padded struct {
		Position
		Padding string `json:"p"`
	}
	bare, err := json.Marshal(padded{Position: at})
	if err != nil {
		return "", fmt.Errorf("encode the cursor: %w", err)
	}
	padding := strings.Repeat("=", cursorStep-1-(len(bare)-1)%cursorStep)
	return httpapi.SealCursor(ctx, sealer, cursorPurpose, ask.binding(), padded{at, padding})
}

func bound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
