package auth0

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"usher/internal/imports"
)

// fileOfUsers is the file of an import. Its methods are the form that the SDK gives to the part of the request.
type fileOfUsers struct{ *bytes.Reader }

// Name returns the file's name.
func (fileOfUsers) Name() string { return "users.json" }

// ContentType returns the file's media type.
func (fileOfUsers) ContentType() string { return "application/json" }

// importedUser is a user in the provider's form.
type importedUser struct {
	UserID string `json:"user_id,omitempty"`
	imports.User
	UserMetadata map[string]any `json:"user_metadata,omitzero"`
	AppMetadata  map[string]any `json:"app_metadata,omitzero"`
	OurMetadata  *struct{}      `json:"metadata,omitempty"` // hides User's
}

func importFile(users []imports.Planned) (fileOfUsers, error) {
	all := make([]importedUser, len(users))
	for i, user := range users {
		if err := refuseReserved(user.AppMetadata, "app_metadata."); err != nil {
			return fileOfUsers{}, err
		}
		all[i] = importedUser{UserID: user.RecordID, User: user.User, UserMetadata: user.Metadata, AppMetadata: user.AppMetadata}
		if user.AppMetadata != nil && user.Reserved != nil {
			all[i].AppMetadata = maps.Clone(user.AppMetadata)
			all[i].AppMetadata[reservedMetadata] = user.Reserved
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return fileOfUsers{}, fmt.Errorf("encode the users of an import: %w", err)
	}
	return fileOfUsers{bytes.NewReader(text)}, nil
}
