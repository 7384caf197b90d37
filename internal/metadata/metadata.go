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
	noun        string // in the audit log, and of the path
	permissions []permission.Name
	reserved    []string // names that the first level may not have
}

// Both kinds.
var (
	User = Kind{noun: "metadata", permissions: []permission.Name{permission.Metadata}}
	App  = Kind{noun: "app-metadata", permissions: []permission.Name{permission.AppMetadata}, reserved: valid.ReservedAppMetadata}
)

func (k Kind) route(method string) string { return method + " /" + k.noun + "/{user_id}" }

func (k Kind) function(verb string) string { return verb + strings.ReplaceAll(k.noun, "-", "") }

// Reader reads a user's metadata of one kind: an empty object where there is
// none. Its errors are problems: user-not-found, and those of a failing
// provider.
type Reader interface {
	Read(ctx context.Context, user limits.UserID) (map[string]any, error)
}

// Store also changes it. Write sets the first-level members that are there,
// removes those that are nil, leaves all others as they are, and returns the
// whole as it is then. Its errors are problems, as Read's, and
// metadata-too-large.
type Store interface {
	Reader
	Write(ctx context.Context, user limits.UserID, changes map[string]any) (map[string]any, error)
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
