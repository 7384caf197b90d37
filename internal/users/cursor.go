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

// Sealer encrypts and authenticates cursors.
type Sealer = httpapi.Sealer

const cursorPurpose = "list-cursor"

// binding binds a cursor to the filters and the sort order, including the front-end's
// limits. The page size is not part of it, because it may change between pages.
func (req listing) binding() string {
	f := req.filter
	optional := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	all := []string{
		address.Fold(req.email), req.sort.String(), f.Search, f.Connection, optional(f.EmailVerified), optional(f.Blocked),
		formatBound(f.CreatedAfter), formatBound(f.CreatedBefore),
		formatBound(f.LastLoginAfter), formatBound(f.LastLoginUntil),
	}
	return fmt.Sprintf("%q", append(all, f.Connections...))
}

// cursorStep is the unit, in bytes, to which the cursors of limited front-ends are padded.
// Otherwise the length of a cursor would reveal information about users outside the limits.
const cursorStep = 512

// seal returns the cursor of a position.
func (req listing) seal(ctx context.Context, sealer Sealer, at Position) (string, error) {
	if req.filter.Connections == nil {
		return httpapi.SealCursor(ctx, sealer, cursorPurpose, req.binding(), at)
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
	return httpapi.SealCursor(ctx, sealer, cursorPurpose, req.binding(), padded{at, padding})
}

func formatBound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
