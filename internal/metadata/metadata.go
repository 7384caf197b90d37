package metadata

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Kind is one of the two kinds of metadata.
type Kind struct {
	path     string
	noun     string   // in the audit log
	reserved []string // names that the first level may not have
}

// Both kinds.
var (
	User = Kind{path: "/metadata/{user_id}", noun: "metadata"}
	App  = Kind{path: "/app-metadata/{user_id}", noun: "app-metadata", reserved: httpapi.ReservedAppMetadata}
)

// Reader reads a user's metadata of one kind: an empty object where there is
// none. Its errors are problems: user-not-found, and those of a failing
// provider.
type Reader interface {
	Read(ctx context.Context, userID string) (map[string]any, error)
}

// Store also changes it. Write sets the first-level members that are there,
// removes those that are nil, leaves all others as they are, and returns the
// whole as it is then. Its errors are problems, as Read's, and
// metadata-too-large.
type Store interface {
	Reader
	Write(ctx context.Context, userID string, changes map[string]any) (map[string]any, error)
}

// MaxSize is how large one kind of a user's metadata may become by a change, in
// bytes of JSON: as much as one PUT can carry. Both kinds together stay far
// below the megabyte beyond which the provider's lists and searches leave
// metadata out
// (https://auth0.com/docs/manage-users/user-accounts/metadata/metadata-fields-data).
const MaxSize = httpapi.MaxBody

// checkSize fails with metadata-too-large. What is too large already may still
// be changed to something that is not larger.
func checkSize(before, after map[string]any) error {
	size, err := sizeOf(after)
	if err != nil || size <= MaxSize {
		return err
	}
	was, err := sizeOf(before)
	if err != nil || size <= was {
		return err
	}
	return problem.MetadataTooLarge.New(fmt.Sprintf("The metadata would have %d bytes of JSON; %d is the most.", size, MaxSize))
}

func sizeOf(object map[string]any) (int, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(object); err != nil {
		return 0, fmt.Errorf("measure metadata: %w", err)
	}
	return text.Len() - 1, nil // the encoder ends with a newline
}
