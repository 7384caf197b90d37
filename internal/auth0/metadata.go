package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

// Metadata is one kind of the users' metadata; it implements the interfaces of package metadata.
type Metadata struct {
	client *Client
	name   string                                          // the provider's name
	of     func(users.User) json.RawMessage                // in a user, without the reserved member
	refuse func(changes map[string]any, path string) error // refuses changes of the reserved member
}

// Metadata returns the access to user_metadata.
func (c *Client) Metadata() Metadata {
	return Metadata{
		client: c,
		name:   "user_metadata",
		of:     func(u users.User) json.RawMessage { return u.Metadata },
		refuse: func(map[string]any, string) error { return nil },
	}
}

// AppMetadata returns the access to app_metadata, without the service's reserved member.
func (c *Client) AppMetadata() Metadata {
	return Metadata{
		client: c,
		name:   "app_metadata",
		of:     func(u users.User) json.RawMessage { return u.AppMetadata },
		refuse: refuseReserved,
	}
}

// Read returns a user's metadata; see metadata.Reader.
func (m Metadata) Read(ctx context.Context, id limits.UserID) (map[string]any, error) {
	user, err := m.client.membersOf(ctx, id.String(), m.name)
	if err != nil {
		return nil, err
	}
	return m.in(user)
}

func (m Metadata) in(u users.User) (map[string]any, error) {
	members, err := decodedObject(m.of(u))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", m.name, providerProblem(err))
	}
	return members, nil
}

// Write changes first-level members of a user's metadata; see metadata.Store. Without
// changes it only reads: an empty object would delete all metadata at the provider.
func (m Metadata) Write(ctx context.Context, id limits.UserID, changes map[string]any) (map[string]any, error) {
	if len(changes) == 0 {
		return m.Read(ctx, id)
	}
	if err := m.refuse(changes, ""); err != nil {
		return nil, err
	}
	updated, err := m.client.change(ctx, id.String(), map[string]any{m.name: changes})
	switch {
	case hasStatus(err, http.StatusRequestEntityTooLarge):
		return nil, metadataTooLarge(err)
	case err != nil:
		return nil, fmt.Errorf("update %s: %w", m.name, userProblem(err))
	}
	if user, err := m.client.userIn(ctx, updated); err == nil {
		return m.in(user)
	}
	object, err := m.Read(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read %s after a change: %w", m.name, doneUnreadable(err, readToSee))
	}
	return object, nil
}

func metadataTooLarge(err error) error {
	return problem.MetadataTooLarge.Wrap(err, "The identity provider does not store this much metadata.")
}
