package imports

// User is a user to import, with the names of the API. nil is an absent member.
type User struct {
	Email         string         `json:"email"`
	EmailVerified *bool          `json:"email_verified,omitempty"`
	PhoneNumber   *string        `json:"phone_number,omitempty"`
	PhoneVerified *bool          `json:"phone_verified,omitempty"`
	Username      *string        `json:"username,omitempty"`
	Name          *string        `json:"name,omitempty"`
	GivenName     *string        `json:"given_name,omitempty"`
	FamilyName    *string        `json:"family_name,omitempty"`
	Nickname      *string        `json:"nickname,omitempty"`
	Picture       *string        `json:"picture,omitempty"`
	Blocked       *bool          `json:"blocked,omitempty"`
	Metadata      map[string]any `json:"metadata,omitzero"`     // an upsert replaces all of it, also by {}
	AppMetadata   map[string]any `json:"app_metadata,omitzero"` // likewise, except for the service's own data
	PasswordHash  *string        `json:"password_hash,omitempty"`
	CustomHash    map[string]any `json:"custom_password_hash,omitempty"`
	Factors       []any          `json:"mfa_factors,omitempty"`
}
