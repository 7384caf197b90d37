package localtenant

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
)

// user is an account. Empty text means that the field is not set.
type user struct {
	ID            string
	Email         string
	EmailVerified bool
	Username      string
	PhoneNumber   string
	PhoneVerified bool
	Name          string
	GivenName     string
	FamilyName    string
	Nickname      string
	Picture       string
	Blocked       *bool // nil is not set
	CreatedAt     time.Time
	UpdatedAt     time.Time
	LastLogin     time.Time
	LastIP        string
	LoginsCount   int
	PasswordReset time.Time
	Identities    []identity
	AppMetadata   map[string]any
	UserMetadata  map[string]any

	password password
	unnamed  bool // the name is a default
	seq      int  // order of creation; breaks ties when sorting
}

// identity is one way for a user to sign in. The first is the account's own.
type identity struct {
	Connection string
	Provider   string
	UserID     string
	IsSocial   bool
	Profile    map[string]any // of a linked account, as it was when it was linked
	own        *user          // the linked account, to give back when it is unlinked
}

// timeFormat is how Auth0 writes times.
const timeFormat = "2006-01-02T15:04:05.000Z"

// document is the user as the API shows it. It shares nothing with the user.
func (u *user) document() map[string]any {
	doc := map[string]any{
		"user_id":    u.ID,
		"created_at": u.CreatedAt.Format(timeFormat),
		"updated_at": u.UpdatedAt.Format(timeFormat),
		"identities": u.identityList(),
	}
	maps.Copy(doc, u.profile())
	if u.Blocked != nil {
		doc["blocked"] = *u.Blocked
	}
	if !u.LastLogin.IsZero() {
		doc["last_login"] = u.LastLogin.Format(timeFormat)
		doc["last_ip"] = u.LastIP
		doc["logins_count"] = float64(u.LoginsCount)
	}
	if !u.PasswordReset.IsZero() {
		doc["last_password_reset"] = u.PasswordReset.Format(timeFormat)
	}
	if len(u.AppMetadata) > 0 {
		doc["app_metadata"] = maps.Clone(u.AppMetadata)
	}
	if len(u.UserMetadata) > 0 {
		doc["user_metadata"] = maps.Clone(u.UserMetadata)
	}
	return doc
}

// linkedProfile is the profileData of an identity: a default name is none.
func (u *user) linkedProfile() map[string]any {
	doc := u.profile()
	if u.unnamed {
		delete(doc, "name")
	}
	return doc
}

// profile is what describes the person.
func (u *user) profile() map[string]any {
	doc := map[string]any{}
	addTexts(doc, map[string]string{
		"email": u.Email, "username": u.Username, "phone_number": u.PhoneNumber, "name": u.Name,
		"given_name": u.GivenName, "family_name": u.FamilyName, "nickname": u.Nickname, "picture": u.Picture,
	})
	if u.Email != "" {
		doc["email_verified"] = u.EmailVerified
	}
	if u.PhoneNumber != "" {
		doc["phone_verified"] = u.PhoneVerified
	}
	return doc
}

func (u *user) identityList() []any {
	out := make([]any, len(u.Identities))
	for i, id := range u.Identities {
		out[i] = id.document()
	}
	return out
}

func (id identity) document() map[string]any {
	doc := map[string]any{
		"connection": id.Connection, "provider": id.Provider, "user_id": id.UserID, "isSocial": id.IsSocial,
	}
	if id.Profile != nil {
		doc["profileData"] = maps.Clone(id.Profile)
	}
	return doc
}

// primary is the identity that the account was made with.
func (u *user) primary() identity {
	if len(u.Identities) == 0 {
		return identity{}
	}
	return u.Identities[0]
}

func (u *user) blocked() bool { return u.Blocked != nil && *u.Blocked }

// identifier is what the user signs in with.
func (u *user) identifier() string { return cmp.Or(u.Email, u.Username, u.PhoneNumber) }

// fillDefaults sets what Auth0 sets without being asked: a name, a nickname and a picture.
func (u *user) fillDefaults() {
	login := u.identifier()
	if u.Name == "" {
		u.Name, u.unnamed = login, true
	}
	if u.Nickname == "" {
		u.Nickname, _, _ = strings.Cut(login, "@")
	}
	if u.Picture == "" {
		u.Picture = defaultPicture(login)
	}
}

// defaultPicture is a Gravatar that falls back on the address's first two letters.
func defaultPicture(login string) string {
	sum := md5.Sum([]byte(strings.ToLower(login))) // Gravatar's choice, not a secret
	letters := []rune(strings.ToLower(login) + "__")[:2]
	fallback := fmt.Sprintf("https://cdn.auth0.com/avatars/%s.png", url.PathEscape(string(letters)))
	return fmt.Sprintf("https://s.gravatar.com/avatar/%s?s=480&r=pg&d=%s",
		hex.EncodeToString(sum[:]), url.QueryEscape(fallback))
}
