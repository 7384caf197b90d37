package auth0

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/tidwall/gjson"

	"usher/internal/users"
)

// userIn reads the user in a response. It fails with errIncomplete if there is none.
func (c *Client) userIn(ctx context.Context, body []byte) (users.User, error) {
	user, _, err := c.markedUserIn(ctx, body)
	return user, err
}

// markedUserIn is userIn, and also returns the service's data about the user.
func (c *Client) markedUserIn(ctx context.Context, body []byte) (users.User, reserved, error) {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return users.User{}, reserved{}, err
	}
	user, kept, err := r.user(root)
	if err != nil {
		return users.User{}, reserved{}, err
	}
	// Sorted members make the ETag independent of the provider's order.
	user.Metadata, user.AppMetadata = inOrder(user.Metadata), inOrder(user.AppMetadata)
	return user, kept, nil
}

func (r *reading) users(items []gjson.Result) ([]users.User, error) {
	return each(items, func(item gjson.Result) (users.User, error) {
		user, _, err := r.user(item)
		return user, err
	})
}

// user reads a user. Only the ID is required.
func (r *reading) user(v gjson.Result) (u users.User, kept reserved, err error) {
	u.Identities, u.Metadata, u.AppMetadata, u.NoEmail = []users.Identity{}, noMembers, noMembers, true
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "user_id":
			u.ID = r.exact("user.user_id", v)
		case "email":
			u.Email, u.NoEmail = r.exact("user.email", v), v.Type == gjson.Null
		case "email_verified":
			u.EmailVerified = r.flag("user.email_verified", v, false)
		case "username":
			u.Username = r.text("user.username", v)
		case "phone_number":
			u.PhoneNumber = r.text("user.phone_number", v)
		case "phone_verified":
			u.PhoneVerified = r.flag("user.phone_verified", v, false)
		case "name":
			u.Name = r.text("user.name", v)
		case "given_name":
			u.GivenName = r.text("user.given_name", v)
		case "family_name":
			u.FamilyName = r.text("user.family_name", v)
		case "nickname":
			u.Nickname = r.text("user.nickname", v)
		case "picture":
			u.Picture = r.text("user.picture", v)
		case "blocked":
			u.Blocked = r.isTrue("user.blocked", v, true)
		case "created_at":
			u.CreatedAt = r.time("user.created_at", v)
		case "updated_at":
			u.UpdatedAt = r.time("user.updated_at", v)
		case "last_login":
			u.LastLogin = r.time("user.last_login", v)
		case "logins_count":
			u.LoginsCount, _ = r.count("user.logins_count", v)
		case "identities":
			u.Identities = r.userIdentities(v)
		case "user_metadata":
			u.Metadata = r.metadata("user.user_metadata", v)
		case "app_metadata":
			u.AppMetadata, kept = withoutReserved(r.metadata("user.app_metadata", v))
		}
		return true
	})
	if u.ID == "" {
		return users.User{}, reserved{}, errIncomplete
	}
	return u, kept, nil
}

func (r *reading) userIdentities(v gjson.Result) []users.Identity {
	items := r.identities(v)
	all := make([]users.Identity, 0, len(items))
	for i, item := range items {
		if i == 0 || item.isObject {
			all = append(all, users.Identity{Connection: item.connection, Provider: item.provider, UserID: item.id, Social: item.social})
		}
	}
	return all
}

// identity is one of a user's identities, with the profile of its account.
type identity struct {
	connection, provider, id string
	social                   bool
	profile                  gjson.Result
	isObject                 bool // otherwise it is unreadable
}

// identities returns all identities. The first one decides which connection the user
// belongs to, so an unreadable one keeps its place, as an identity without a connection.
func (r *reading) identities(v gjson.Result) []identity {
	if !v.IsArray() {
		if v.Type != gjson.Null {
			r.odd("user.identities")
		}
		return nil
	}
	items := v.Array()
	all := make([]identity, len(items))
	for i, item := range items {
		all[i] = r.identity(item)
	}
	return all
}

func (r *reading) identity(v gjson.Result) (i identity) {
	if !v.IsObject() {
		r.odd("identity")
		return identity{}
	}
	i.isObject = true
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "connection":
			i.connection = r.exact("identity.connection", v)
		case "provider":
			i.provider = r.exact("identity.provider", v)
		case "user_id":
			i.id = r.id("identity.user_id", v)
		case "isSocial":
			i.social = r.isTrue("identity.isSocial", v, false)
		case "profileData":
			i.profile = v
		}
		return true
	})
	return i
}

// noMembers is absent metadata.
var noMembers = json.RawMessage("{}")

func (r *reading) metadata(name string, v gjson.Result) json.RawMessage {
	if object := r.object(name, v); object != nil {
		return object
	}
	return noMembers
}

// decodedObject decodes an object, with numbers as json.Number.
func decodedObject(object json.RawMessage) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	members := map[string]any{}
	err := decoder.Decode(&members)
	return members, err
}
