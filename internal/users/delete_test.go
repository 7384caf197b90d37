package users_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

func TestDelete(t *testing.T) {
	one := []users.User{{ID: "u|1", Email: "ada@example.com"}}
	two := []users.User{one[0], {ID: "u|2", Email: "Ada@example.com"}}
	const (
		noAddress = "invalid-request | email: must be one email address without a display name"
		missing   = "invalid-request | email: is missing: send it in the query or in the body"
		byEmail   = "by email Ada@example.com"
		searched  = "search for Ada@example.com"
	)
	tests := map[string]struct {
		target, contentType, body string
		found                     []users.User
		want                      string
		calls                     []string
	}{
		"by id":                            {"/users/u%7C1", "", "", nil, "No Content", []string{"delete u|1"}},
		"by an ID with special characters": {"/users/a%2Fb", "", "", nil, "No Content", []string{"delete a/b"}},
		"not an id":                        {"/users/%2e%2e", "", "", nil, "invalid-request | path: no segment may be empty, ., .. or /", nil},
		"by id, with a query":              {"/users/u?email=a@b.example", "", "", nil, "invalid-request | email: unknown parameter", nil},
		"by query":                         {"/users?email=Ada%40example.com", "", "", one, "No Content", []string{byEmail, searched, "delete u|1"}},
		"by body":                          {"/users", jsonType, `{"email":"Ada@example.com"}`, one, "No Content", []string{byEmail, searched, "delete u|1"}},
		"no user has it":                   {"/users?email=Ada%40example.com", "", "", nil, "user-not-found | No user has this email address.", []string{byEmail, searched}},
		"several users have it":            {"/users?email=Ada%40example.com", "", "", two, "email-ambiguous | Several users have this email address. Nothing was deleted. Delete by ID.", []string{byEmail, searched}},
		"in the query and the body":        {"/users?email=a@b.example", jsonType, `{"email":"a@b.example"}`, one, "invalid-request | email: must be in the query or in the body, not in both", nil},
		"without an address":               {"/users", "", "", nil, missing, nil},
		"a body without it":                {"/users", jsonType, `{}`, nil, missing, nil},
		"null":                             {"/users", jsonType, `{"email":null}`, nil, "invalid-request | email: must be a string, not null", nil},
		"an empty address in the body":     {"/users", jsonType, `{"email":""}`, nil, missing, nil},
		"no address in the query":          {"/users?email=ada", "", "", nil, noAddress, nil},
		"no address in the body":           {"/users", jsonType, `{"email":"ada"}`, nil, noAddress, nil},
		"an unknown parameter":             {"/users?email=a@b.example&force=1", "", "", nil, "invalid-request | force: unknown parameter", nil},
		"the parameter twice":              {"/users?email=a@b.example&email=a@b.example", "", "", nil, "invalid-request | email: is given more than once", nil},
		"an unknown member":                {"/users", jsonType, `{"email":"a@b.example","id":"u"}`, nil, "invalid-request | id: unknown field", nil},
		"a body of another type":           {"/users", "text/plain", `a@b.example`, nil, "unsupported-media-type | Send Content-Type: application/json.", nil},
		"an address with a name":           {"/users?email=Ada%20%3Cada@example.com%3E", "", "", nil, noAddress, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{found: tt.found}
			w := do(t, users.Delete(dir), http.MethodDelete, tt.target, tt.contentType, tt.body)
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.calls, dir.calls); diff != "" {
				t.Errorf("provider calls:\n%s", diff)
			}
		})
	}
}

func TestDeleteListsUsersWhoShareAnAddress(t *testing.T) {
	dir := &directory{found: []users.User{{ID: "u|1", Email: "a@b.example"}, {ID: "u|2", Email: "a@b.example"}}}
	w := do(t, users.Delete(dir), http.MethodDelete, "/users?email=a@b.example", "", "")
	var doc problem.Document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := []problem.Field{{Field: "id", Detail: "u|1"}, {Field: "id", Detail: "u|2"}}
	if diff := cmp.Diff(want, doc.Errors); diff != "" {
		t.Error(diff)
	}
}

func TestDeleteReturnsProviderErrors(t *testing.T) {
	for name, target := range map[string]string{"by id": "/users/u", "by email": "/users?email=a@b.example"} {
		t.Run(name, func(t *testing.T) {
			dir := &directory{err: problem.ProviderTimeout.New("Late.")}
			if got := outcome(t, do(t, users.Delete(dir), http.MethodDelete, target, "", "")); got != "provider-timeout | Late." {
				t.Error(got)
			}
			if len(dir.calls) != 1 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}
