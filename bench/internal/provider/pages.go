package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// UserID and Email are those of the user in every answer about one user.
const (
	UserID = "auth0|65e19a200000000000000001"
	Email  = "user01@example.com"
)

// ManagementToken is as long as Auth0's are.
var ManagementToken = strings.Repeat("management-token", 100)

// pagesOf makes the answers of a page of 50 users: the page itself, one of 100, and one user. A
// list goes on after either page, as lists of large tenants do.
func pagesOf(page []byte) (map[string][]byte, error) {
	var read struct {
		Users []json.RawMessage `json:"users"`
	}
	if err := json.Unmarshal(page, &read); err != nil {
		return nil, fmt.Errorf("read the page of users: %w", err)
	}
	if len(read.Users) != 50 {
		return nil, errors.New("read the page of users: it has not 50 of them")
	}
	others := make([]json.RawMessage, len(read.Users))
	for i, user := range read.Users {
		others[i] = json.RawMessage(strings.ReplaceAll(string(user), "65e19a2", "65e19a3"))
	}
	user := read.Users[1]
	pages := map[string][]byte{"user": user}
	pages["by-email"] = join(user)
	pages["search"] = list(1, 1, user)
	pages["50"] = list(50, 5000, read.Users...)
	pages["100"] = list(100, 5000, append(read.Users, others...)...)
	return pages, nil
}

func join(users ...json.RawMessage) []byte {
	var texts []string
	for _, user := range users {
		texts = append(texts, string(user))
	}
	return []byte("[" + strings.Join(texts, ",") + "]")
}

func list(limit, total int, users ...json.RawMessage) []byte {
	return fmt.Appendf(nil, `{"start":0,"limit":%d,"length":%d,"total":%d,"users":%s}`, limit, len(users), total, join(users...))
}
