package auth0

import "testing"

func TestShowsConnection(t *testing.T) {
	tests := map[string]struct {
		userID, connection string
		want               bool
	}{
		"a social account":             {"github|42", "github", true},
		"an id with more parts":        {"github|4|2", "github", true},
		"a kind with any names":        {"oauth2|line|42", "oauth2", false},
		"another social account":       {"google-oauth2|42", "github", false},
		"possibly a linked account":    {"auth0|42", "github", false},
		"one of several databases":     {"auth0|42", "auth0", false},
		"one of several enterprises":   {"samlp|acme|42", "samlp", false},
		"the name of an enterprise":    {"samlp|acme|42", "acme", false},
		"no separator":                 {"github", "github", false},
		"a name with a common prefix":  {"github-two|42", "github", false},
		"an ID with a common prefix":   {"github|42", "github-two", false},
		"another case":                 {"GitHub|42", "github", false},
		"an empty kind":                {"|42", "github", false},
		"the connection in the middle": {"auth0|github|42", "github", false},
	}
	for name, tt := range tests {
		if got := showsConnection(tt.userID, tt.connection); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
