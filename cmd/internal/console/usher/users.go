package usher

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// User is a user, with the members that the console shows.
type User struct {
	ID            string         `json:"id"`
	Email         string         `json:"email"`
	EmailVerified bool           `json:"email_verified"`
	Username      string         `json:"username"`
	PhoneNumber   string         `json:"phone_number"`
	PhoneVerified bool           `json:"phone_verified"`
	Name          string         `json:"name"`
	GivenName     string         `json:"given_name"`
	FamilyName    string         `json:"family_name"`
	Nickname      string         `json:"nickname"`
	Blocked       bool           `json:"blocked"`
	CreatedAt     time.Time      `json:"created_at"`
	UpdatedAt     time.Time      `json:"updated_at"`
	LastLogin     time.Time      `json:"last_login"`
	LoginsCount   int            `json:"logins_count"`
	Identities    []UserIdentity `json:"identities"`
}

// UserIdentity is one of the identities of a User.
type UserIdentity struct {
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	Social     bool   `json:"social"`
}

// Connection returns the connection of the first identity, to which the user belongs; "" if
// Usher could not read it.
func (u User) Connection() string {
	if len(u.Identities) == 0 {
		return ""
	}
	return u.Identities[0].Connection
}

// Label returns the name by which people know the user. It shows something: otherwise a link with
// it could not be seen.
func (u User) Label() string {
	for _, s := range []string{u.Name, u.Email, u.Username, u.PhoneNumber} {
		if strings.ContainsFunc(s, shows) {
			return s
		}
	}
	return u.ID
}

// blanks are letters and symbols that look like spaces.
const blanks = "\u115f\u1160\u2800\u3164\uffa0"

func shows(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.In(r, unicode.M) && !strings.ContainsRune(blanks, r)
}

// Read reads a resource.
func Read[T any](ctx context.Context, c *Client, actor, path string, query url.Values) (T, Answer, error) {
	got, err := c.Do(ctx, Call{Method: http.MethodGet, Path: path, Query: query, Actor: actor})
	out, err := decode[T](got, err)
	return out, got, err
}

// Get reads a user. etag is for a change with If-Match.
func (c *Client) Get(ctx context.Context, actor, id string) (u User, etag string, err error) {
	got, err := c.Do(ctx, Call{Method: http.MethodGet, Path: Path("users", id), Actor: actor})
	u, err = decode[User](got, err)
	return u, got.Header.Get("ETag"), err
}

// Page is a page of a list of users.
type Page struct {
	Users []User `json:"users"`
	Next  string `json:"next"` // the cursor; "" on the last page
}

// List lists users. The query has the parameters of the contract.
func (c *Client) List(ctx context.Context, actor string, query url.Values) (Page, error) {
	return decode[Page](c.Do(ctx, Call{Method: http.MethodGet, Path: "/users", Query: query, Actor: actor}))
}

// Role is a role of the tenant.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

type roles struct {
	Roles []Role `json:"roles"`
}

// RolesOf reads a user's roles.
func (c *Client) RolesOf(ctx context.Context, actor, id string) ([]Role, error) {
	all, err := decode[roles](c.Do(ctx, Call{Method: http.MethodGet, Path: Path("user-roles", id), Actor: actor}))
	return all.Roles, err
}

// Names returns the names of roles.
func Names(all []Role) []string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.Name
	}
	return names
}

// SignIn is the response to a finished sign-in.
type SignIn struct {
	Account struct {
		ID    string `json:"id"`
		Email string `json:"email"`
		Name  string `json:"name"`
	} `json:"account"`
	Tokens struct {
		IDToken string `json:"id_token"`
	} `json:"tokens"`
	Authentication struct {
		MFA bool `json:"mfa"`
	} `json:"authentication"`
	ReturnTo string `json:"return_to"`
}

// ReadSignIn reads the answer of /callback.
func ReadSignIn(got Answer) (SignIn, error) {
	var in SignIn
	if err := json.Unmarshal(got.Body, &in); err != nil || in.Account.ID == "" {
		return in, &Problem{Status: http.StatusBadGateway, Code: Unreadable, RequestID: got.RequestID}
	}
	return in, nil
}
