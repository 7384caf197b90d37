package limits

// UserID is the id of a user whom the calling front-end may deal with. Only the
// checks of a FrontEnd make one, so that no call to the provider can be about a
// user who was not checked.
type UserID struct{ id string }

// String returns the id. It panics for the zero value, which no check has made.
func (u UserID) String() string {
	if u.id == "" {
		panic("limits: the id of a user who was not checked")
	}
	return u.id
}

// IsZero reports whether there is no user.
func (u UserID) IsZero() bool { return u.id == "" }
