package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

func TestDocument(t *testing.T) {
	tests := map[string]struct {
		err  error
		want string
	}{
		"a problem": {
			problem.UserNotFound.New("No user has this ID."),
			`{"type":"urn:usher:problem:user-not-found","title":"There is no such user.","status":404,"detail":"No user has this ID.","code":"user-not-found","request_id":"r1"}`,
		},
		"wrapped": {
			fmt.Errorf("get user: %w", problem.UserExists.Wrap(errors.New("secret-host"), "Taken.")),
			`{"type":"urn:usher:problem:user-exists","title":"The user already exists.","status":409,"detail":"Taken.","code":"user-exists","request_id":"r1"}`,
		},
		"an unknown error is hidden": {
			errors.New("secret-host: connection refused"),
			`{"type":"urn:usher:problem:internal","title":"Something went wrong.","status":500,"detail":"Something went wrong.","code":"internal","request_id":"r1"}`,
		},
		"fields": {
			problem.InvalidFields([]problem.Field{{Field: "email", Detail: "missing"}}),
			`{"type":"urn:usher:problem:invalid-request","title":"The request is not valid.","status":400,"detail":"email: missing","code":"invalid-request","request_id":"r1","errors":[{"field":"email","detail":"missing"}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(problem.From(tt.err).Document("r1"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInvalidFields(t *testing.T) {
	if err := problem.InvalidFields(nil); err != nil {
		t.Errorf("no fields: %v", err)
	}
	err := problem.InvalidFields([]problem.Field{{Field: "a", Detail: "x"}, {Field: "b", Detail: "y"}})
	if p := problem.From(err); p.Detail != "2 values are not valid." || len(p.Fields) != 2 {
		t.Errorf("two fields: %+v", p)
	}
}

// A name chosen by the client may be an address or a password: the response repeats it, the log does not.
func TestNamesChosenByTheClientAreNotLogged(t *testing.T) {
	for name, tt := range map[string]struct {
		field       problem.Field
		detail, log string
	}{
		"known field":          {problem.Field{Field: "email", Detail: "is missing"}, "email: is missing", "invalid-request: email: is missing"},
		"chosen by the client": {problem.Field{Field: "hunter2", Detail: "unknown", MadeUp: true}, "hunter2: unknown", "invalid-request: unknown"},
	} {
		err := problem.InvalidFields([]problem.Field{tt.field})
		if got := problem.From(err).Document("r1"); got.Detail != tt.detail || len(got.Errors) != 1 || got.Errors[0].Field != tt.field.Field {
			t.Errorf("%s: the document is %+v", name, got)
		}
		if err.Error() != tt.log {
			t.Errorf("%s: the log text is %q", name, err)
		}
	}
}

func TestCauseIsInTheLogText(t *testing.T) {
	cause := errors.New("the cause")
	err := problem.ProviderFailed.Wrap(cause, "safe")
	if !errors.Is(err, cause) || !problem.Is(fmt.Errorf("x: %w", err), problem.ProviderFailed) {
		t.Error("the cause or the kind is lost")
	}
	if got := err.Error(); got != "provider-failed: safe: the cause" {
		t.Error(got)
	}
}

func TestKinds(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, k := range problem.All() {
		if !kebab.MatchString(k.Code) || seen[k.Code] || k.Title == "" || k.Status < 400 || k.Status > 599 {
			t.Errorf("bad or repeated kind %+v", k)
		}
		seen[k.Code] = true
	}
}
