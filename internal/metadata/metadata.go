package metadata

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

// Kind is one of the two kinds of metadata.
type Kind struct {
	noun        string // in the path and the audit log
	permissions []permission.Name
	reserved    []string // forbidden names at the first level
}

// Both kinds.
var (
	User = Kind{noun: "metadata", permissions: []permission.Name{permission.Metadata}}
	App  = Kind{"app-metadata", []permission.Name{permission.AppMetadata}, valid.ReservedAppMetadata}
)

func (k Kind) route(method string) string { return method + " /" + k.noun + "/{user_id}" }

func (k Kind) function(verb string) string { return verb + strings.ReplaceAll(k.noun, "-", "") }

// Reader reads a user's metadata of one kind; an empty object if there is none. It fails
// with user-not-found or with a provider error.
type Reader interface {
	Read(ctx context.Context, user limits.UserID) (map[string]any, error)
}

// Store reads and changes metadata of one kind. Write sets the first-level members in
// changes, removes those that are nil, and returns all metadata. It fails like Read, or
// with metadata-too-large.
type Store interface {
	Reader
	Write(ctx context.Context, user limits.UserID, changes map[string]any) (map[string]any, error)
}

// MaxSize is the maximum size of one kind of a user's metadata, in bytes of JSON. It equals
// the maximum body of a PUT. It is far below one megabyte, above which the provider omits
// metadata from lists and searches
// (https://auth0.com/docs/manage-users/user-accounts/metadata/metadata-fields-data).
const MaxSize = httpapi.MaxBody

// checkSize fails with metadata-too-large. It accepts metadata that is already too large if
// the change does not enlarge it.
func checkSize(before, after map[string]any) error {
	size, err := sizeOf(after)
	if err != nil || size <= MaxSize {
		return err
	}
	oldSize, err := sizeOf(before)
	if err != nil || size <= oldSize {
		return err
	}
	detail := fmt.Sprintf("The metadata would have %d bytes of JSON. The maximum is %d.", size, MaxSize)
	return problem.MetadataTooLarge.New(detail)
}

func sizeOf(object map[string]any) (int, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(object); err != nil {
		return 0, fmt.Errorf("measure metadata: %w", err)
	}
	return text.Len() - 1, nil // Encode appends a newline
}
