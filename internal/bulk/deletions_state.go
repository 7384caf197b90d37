package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"usher/internal/users"
)

// userState is what a plan notes about a user, to notice changes before the deletion.
type userState struct {
	Profile     string     `json:"profile"` // a hash of the user without the members that a sign-in changes
	LastLogin   *time.Time `json:"last_login,omitempty"`
	LoginsCount int        `json:"logins_count,omitempty"`
	UpdatedAt   *time.Time `json:"updated_at,omitempty"`
}

func stateOf(u users.User) (userState, error) {
	state := userState{LastLogin: u.LastLogin, LoginsCount: u.LoginsCount, UpdatedAt: u.UpdatedAt}
	u.LastLogin, u.LoginsCount, u.UpdatedAt = nil, 0, nil
	text, err := json.Marshal(u)
	if err != nil {
		return userState{}, fmt.Errorf("encode a user: %w", err)
	}
	sum := sha256.Sum256(text)
	state.Profile = hex.EncodeToString(sum[:])
	return state, nil
}

// hasSignedInSince reports whether the user has signed in since the plan.
func (s userState) hasSignedInSince(planned userState) bool {
	return s.LoginsCount != planned.LoginsCount || !sameTime(s.LastLogin, planned.LastLogin)
}

// hasChangedSince reports whether the user has changed since the plan. The provider's updated_at shows
// changes that the profile does not, such as a new password, but a sign-in moves it, too. So it counts
// only for users who have not signed in.
func (s userState) hasChangedSince(planned userState) bool {
	return s.Profile != planned.Profile || !s.hasSignedInSince(planned) && !sameTime(s.UpdatedAt, planned.UpdatedAt)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
