package limits

// UserID is the ID of a user that the calling front-end may access. Only the checks of
// FrontEnd create one, so no call to the provider can concern an unchecked user.
type UserID struct{ id string }

// String returns the ID. It panics for the zero value.
func (u UserID) String() string {
	if u.id == "" {
		panic("limits: the ID of an unchecked user")
	}
	return u.id
}

// IsZero reports whether u is the zero value.
func (u UserID) IsZero() bool { return u.id == "" }
