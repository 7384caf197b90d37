package users_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

// Calls are the provider calls after the lookup and the search.
func TestDeleteByEmailFindsUsers(t *testing.T) {
	const (
		noUser    = "user-not-found | No user has this email address."
		several   = "email-ambiguous | Several users have this email address. Nothing was deleted. Delete by ID."
		tooMany   = "email-ambiguous | Too many users match this email address. Nothing was deleted. Delete by ID."
		undecided = "provider-failed | The identity provider's response does not show who has this email address."
		deleted   = "No Content"
	)
	type list = []users.User
	user := func(id, email string) users.User { return users.User{ID: id, Email: email} }
	ann, capitals := user("a", "ann@corp.example"), user("c", "Ann@Corp.Example")
	many := func(n int, email string) (all list) {
		for i := range n {
			all = append(all, user(fmt.Sprint("m", i), email))
		}
		return all
	}
	tests := map[string]struct {
		email string
		found list
		hits  list
		more  bool
		now   map[string]users.User
		want  string
		calls []string
	}{
		"one user":                           {"ann@corp.example", list{ann}, list{ann}, false, nil, deleted, []string{"delete a"}},
		"a user missing in the search index": {"ann@corp.example", list{ann}, nil, false, nil, deleted, []string{"delete a"}},
		"a user found only by the search":    {"ANN@corp.example", nil, list{capitals}, false, map[string]users.User{"c": capitals}, deleted, []string{"get c", "delete c"}},
		"found twice, read once":             {"ANN@corp.example", nil, list{capitals, capitals}, false, map[string]users.User{"c": capitals}, deleted, []string{"get c", "delete c"}},
		"two users, different case":          {"ann@corp.example", list{ann}, list{ann, capitals}, false, map[string]users.User{"c": capitals}, several, []string{"get c"}},
		"outdated search: address changed":   {"ann@corp.example", nil, list{ann}, false, map[string]users.User{"a": user("a", "new@corp.example")}, noUser, []string{"get a"}},
		"outdated search: address removed":   {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": {ID: "c", NoEmail: true}}, deleted, []string{"get c", "delete a"}},
		"outdated search: address reassigned": {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": user("c", "old@corp.example")},
			deleted, []string{"get c", "delete a"}},
		"different case since the search":         {"ann@corp.example", nil, list{ann}, false, map[string]users.User{"a": user("a", "ANN@CORP.example")}, deleted, []string{"get a", "delete a"}},
		"a search with partial matches":           {"ann@corp.example", list{ann}, append(many(50, "xann@corp.example"), ann), false, nil, deleted, []string{"delete a"}},
		"a lookup that finds another address":     {"l\u0130nus@example.com", list{user("l", "linus@example.com")}, list{user("l", "linus@example.com")}, false, nil, noUser, nil},
		"a search that finds another address":     {"l\u0130nus@example.com", nil, list{user("l", "linus@example.com")}, false, nil, noUser, nil},
		"another address beside the match":        {"ann@corp.example", list{ann, user("x", "x@corp.example")}, nil, false, nil, deleted, []string{"delete a"}},
		"a hit that is linked to another account": {"ann@corp.example", list{ann}, list{user("linked", "ann@corp.example")}, false, map[string]users.User{"linked": ann}, deleted, []string{"get linked", "delete a"}},

		"ten unconfirmed hits": {"ann@corp.example", list{ann}, many(10, "ann@corp.example"), false, map[string]users.User{
			"m0": user("m0", "x@y"), "m1": user("m1", "x@y"), "m2": user("m2", "x@y"), "m3": user("m3", "x@y"), "m4": user("m4", "x@y"),
			"m5": user("m5", "x@y"), "m6": user("m6", "x@y"), "m7": user("m7", "x@y"), "m8": user("m8", "x@y"), "m9": user("m9", "x@y"),
		}, deleted, []string{"get m0", "get m1", "get m2", "get m3", "get m4", "get m5", "get m6", "get m7", "get m8", "get m9", "delete a"}},
		"eleven unconfirmed hits":    {"ann@corp.example", list{ann}, many(11, "ann@corp.example"), false, nil, tooMany, nil},
		"more than one page of hits": {"ann@corp.example", list{ann}, list{ann}, true, nil, tooMany, nil},
		"more hits, none returned":   {"ann@corp.example", nil, nil, true, nil, tooMany, nil},

		"found without an ID":                   {"ann@corp.example", list{ann, user("", "ann@corp.example")}, nil, false, nil, undecided, nil},
		"only a user without an ID":             {"ann@corp.example", list{user("", "ann@corp.example")}, nil, false, nil, undecided, nil},
		"found with a path segment as ID":       {"ann@corp.example", list{user("..", "ann@corp.example")}, nil, false, nil, undecided, nil},
		"found with an incomplete ID":           {"ann@corp.example", list{user("a\ufffd", "ann@corp.example")}, nil, false, nil, undecided, nil},
		"found with an incomplete address":      {"ann@corp.example", list{ann, user("c", "ann\ufffd@corp.example")}, nil, false, nil, undecided, nil},
		"a hit with a path segment as ID":       {"ann@corp.example", list{ann}, list{user(".", "ann@corp.example")}, false, nil, undecided, nil},
		"a hit with an incomplete address":      {"ann@corp.example", list{ann}, list{user("c", "\ufffdnn@corp.example")}, false, map[string]users.User{"c": capitals}, several, []string{"get c"}},
		"read again with an incomplete address": {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": user("c", "\ufffdnn@corp.example")}, undecided, []string{"get c"}},
		"found without an address":              {"ann@corp.example", list{ann, {ID: "c"}}, nil, false, nil, undecided, nil},
		"found, address removed":                {"ann@corp.example", list{ann, {ID: "c", NoEmail: true}}, nil, false, nil, undecided, nil},
		"a hit without an ID":                   {"ann@corp.example", list{ann}, list{ann, user("", "other@corp.example")}, false, nil, undecided, nil},
		"a hit without an address":              {"ann@corp.example", list{ann}, list{{ID: "c"}}, false, map[string]users.User{"c": user("c", "c@corp.example")}, deleted, []string{"get c", "delete a"}},
		"a hit without an address that has it":  {"ann@corp.example", list{ann}, list{{ID: "c"}}, false, map[string]users.User{"c": capitals}, several, []string{"get c"}},
		"read again without an ID":              {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": user("", "Ann@Corp.Example")}, undecided, []string{"get c"}},
		"read again without ID and address":     {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": {NoEmail: true}}, undecided, []string{"get c"}},
		"read again without an address":         {"ann@corp.example", list{ann}, list{capitals}, false, map[string]users.User{"c": {ID: "c"}}, undecided, []string{"get c"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{found: tt.found, hits: tt.hits, more: tt.more, now: tt.now}
			w := do(t, users.Delete(dir), http.MethodDelete, "/users?email="+url.QueryEscape(tt.email), "", "")
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			want := append([]string{"by email " + tt.email, "search for " + tt.email}, tt.calls...)
			if diff := cmp.Diff(want, dir.calls); diff != "" {
				t.Errorf("provider calls:\n%s", diff)
			}
		})
	}
}

// A user deleted since the search does not count. If a lookup fails, no user is deleted.
func TestDeleteByEmailWhenLookupsFail(t *testing.T) {
	found := []users.User{{ID: "a", Email: "ann@corp.example"}}
	hits := []users.User{found[0], {ID: "c", Email: "Ann@Corp.Example"}}
	for name, tt := range map[string]struct {
		dir  *directory
		want string
	}{
		"deleted since the search": {&directory{found: found, hits: hits, readErr: problem.UserNotFound.New("Not found.")}, "No Content"},
		"reading fails":            {&directory{found: found, hits: hits, readErr: problem.ProviderTimeout.New("Late.")}, "provider-timeout | Late."},
		"searching fails":          {&directory{found: found, searchErr: problem.ProviderUnavailable.New("Closed.")}, "provider-unavailable | Closed."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outcome(t, do(t, users.Delete(tt.dir), http.MethodDelete, "/users?email=ann@corp.example", "", "")); got != tt.want {
				t.Error(got)
			}
			if deleted := slices.Contains(tt.dir.calls, "delete a"); deleted != (tt.want == "No Content") {
				t.Errorf("provider calls: %v", tt.dir.calls)
			}
		})
	}
}
