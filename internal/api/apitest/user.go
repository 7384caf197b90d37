package apitest

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Sent is a request to an operation on one user.
type Sent struct {
	Response *httptest.ResponseRecorder
	Asked    []string // the calls to the provider
	Want     []string // those of a served request
}

// Callers checks who may use an operation on one user: front-ends that may access the user, and
// tokens with the scope. Refused calls do not reach the provider.
func Callers(t *testing.T, scope string, send func(s api.Server, user string) Sent) {
	var others []string
	for _, group := range permission.All() {
		if group.Scope != scope {
			others = append(others, group.Scope)
		}
	}
	for name, tt := range map[string]struct {
		server     api.Server
		user, want string // "" for success
	}{
		"a limited front-end's user":     {Limited(t), "ours", ""},
		"another front-end's user":       {Limited(t), "theirs", "403 outside-front-ends-limits shop.connections"},
		"a user who does not exist":      {Limited(t), "absent", "404 user-not-found"},
		"a token with the scope":         {WithToken(scope), "u", ""},
		"a token with other scopes only": {WithToken(others...), "u", "403 forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := send(tt.server, tt.user)
			got := Response(t, sent.Response)
			if tt.want != "" {
				sent.Want = nil
			}
			if !slices.Equal(sent.Asked, sent.Want) || tt.want == "" && got[0] != '2' || tt.want != "" && got != tt.want {
				t.Errorf("%s, and the provider was asked %v", got, sent.Asked)
			}
		})
	}
}

// ProviderErrors checks that the provider's problems reach the caller complete, and that its other
// errors do not. kind is one that the operation does not translate.
func ProviderErrors(t *testing.T, kind problem.Kind, send func(err error) Sent) {
	late := problem.ProviderUnavailable.New("No.")
	late.RetryAfter = 7 * time.Second
	for name, tt := range map[string]struct {
		err        error
		retryAfter string
	}{
		"a problem":      {fmt.Errorf("wrapped: %w", kind.New("No.")), ""},
		"half done":      {problem.PartlyUpdated.New("No.", problem.Field{Field: "x", Detail: "was changed"}), ""},
		"no provider":    {late, "7"},
		"something else": {errors.New("10.0.0.1 refused"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			sent := send(tt.err)
			if diff := cmp.Diff(problem.From(tt.err).Document(""), Document(t, sent.Response)); diff != "" {
				t.Error(diff)
			}
			if got := sent.Response.Header().Get("Retry-After"); got != tt.retryAfter || !slices.Equal(sent.Asked, sent.Want) {
				t.Errorf("Retry-After is %q, and the provider was asked %v", got, sent.Asked)
			}
		})
	}
}
