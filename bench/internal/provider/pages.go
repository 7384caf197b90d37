package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// UserID and Email are those of the user in every answer about one user.
const (
	UserID = "auth0|65e19a200000000000000001"
	Email  = "user01@example.com"
)

// ManagementToken is as long as Auth0's are.
var ManagementToken = strings.Repeat("management-token", 100)

// later makes the next 50 users of the first 50: others, of the next year.
var later = strings.NewReplacer("65e19a2", "65e19a3", "2024-", "2025-")

// pagesOf makes the answers of a page of 50 users: pages of several sizes, and one user. The
// service asks for one user more than a page of 50 has. A list goes on after each page, as lists of
// large tenants do.
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
		others[i] = json.RawMessage(later.Replace(string(user)))
	}
	user := read.Users[1]
	pages := map[string][]byte{"user": user}
	pages["by-email"] = join(user)
	pages["search"] = list(1, 1, user)
	all := slices.Concat(read.Users, others)
	for _, size := range []int{50, 51, 100} {
		pages[strconv.Itoa(size)] = list(size, 5000, all[:size]...)
	}
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
