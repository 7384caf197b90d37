package authorizer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"usher/internal/authorizer"
	"usher/internal/permission"
)

const stageARN = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live/"

// lets evaluates a policy as IAM does: what is denied is not allowed, and neither
// is what nothing speaks of.
func lets(policy events.APIGatewayCustomAuthorizerPolicy, arn string) bool {
	return says(policy, "Allow", arn) && !says(policy, "Deny", arn)
}

func says(policy events.APIGatewayCustomAuthorizerPolicy, effect, arn string) bool {
	return slices.ContainsFunc(policy.Statement, func(s events.IAMPolicyStatement) bool {
		return s.Effect == effect && slices.Equal(s.Action, []string{"execute-api:Invoke"}) &&
			slices.ContainsFunc(s.Resource, func(pattern string) bool { return permission.Matches(pattern, arn) })
	})
}

// oddIDs are values of a path parameter that try to look like more of the path.
var oddIDs = []string{
	"auth0%7C1", "auth0|1", "a/b", "x/methods/y", "x/enrollments", "x/recovery-code", "..", "../users", "%2e%2e%2fusers", "a/GET/users", "*", "?", "users", "",
}

// asked are resources that a route is called by: "GET/users/x".
func asked(route string) (all []string) {
	method, path, _ := strings.Cut(route, " ")
	for _, id := range oddIDs {
		segments := strings.Split(path, "/")
		for n, segment := range segments {
			if strings.HasPrefix(segment, "{") {
				segments[n] = id
			}
		}
		all = append(all, method+strings.Join(segments, "/"))
	}
	return all
}

// holdings are what tokens can hold: nothing, each scope, each two, and all.
func holdings() (all [][]permission.Group) {
	groups := permission.All()
	all = append(all, nil, groups)
	for n, first := range groups {
		all = append(all, []permission.Group{first})
		for _, second := range groups[n+1:] {
			all = append(all, []permission.Group{first, second})
		}
	}
	return all
}

func policyFor(t *testing.T, groups []permission.Group, methodARN string) (authorizer.Grant, events.APIGatewayCustomAuthorizerPolicy) {
	t.Helper()
	g := authorizer.Grant{Caller: "shop", Groups: groups}
	policy, err := authorizer.Policy(g, methodARN)
	if err != nil {
		t.Fatal(err)
	}
	return g, policy
}

// Every scope and every route: a token lets exactly the routes of its groups
// through, whatever stands for an id, and whichever call it came with. The rest
// is denied, and not merely passed over.
func TestEveryScopeOpensItsRoutesAlone(t *testing.T) {
	pairs := 0
	for _, held := range holdings() {
		g, policy := policyFor(t, held, stageARN+"GET/events/x")
		for _, owner := range permission.All() {
			want := slices.ContainsFunc(held, func(h permission.Group) bool { return h.Name == owner.Name })
			for _, route := range owner.Routes {
				pairs++
				for _, resource := range asked(route) {
					if got := lets(policy, stageARN+resource); got != want {
						t.Errorf("%q: the policy lets %s through: %t", g.Permissions(), resource, got)
					}
					if got := says(policy, "Deny", stageARN+resource); got == want {
						t.Errorf("%q: the policy denies %s: %t", g.Permissions(), resource, got)
					}
					if got := g.Allows(resource); got != want {
						t.Errorf("%q: the grant allows %s: %t", g.Permissions(), resource, got)
					}
				}
			}
		}
	}
	t.Logf("%d pairs of a holding and a route", pairs)
}

// The gateway keeps an answer for all calls with the same token.
func TestAPolicyDoesNotDependOnTheCall(t *testing.T) {
	for _, held := range holdings() {
		_, first := policyFor(t, held, stageARN+"GET/users")
		for _, method := range []string{"DELETE/users/x", "GET/", "POST/mfa/a/b:c/*", "PUT/x?y"} {
			_, second := policyFor(t, held, stageARN+method)
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("asked for %s:\n%s", method, diff)
			}
		}
	}
}

func TestAPolicyIsForOneStageOfOneAPI(t *testing.T) {
	_, policy := policyFor(t, permission.All(), stageARN+"GET/users")
	if !lets(policy, stageARN+"GET/users") {
		t.Error("its own stage is not open")
	}
	for _, elsewhere := range []string{
		strings.Replace(stageARN, "/live/", "/test/", 1), strings.Replace(stageARN, "abcdef1234", "abcdef1235", 1),
		strings.Replace(stageARN, "eu-central-1", "eu-west-1", 1), strings.Replace(stageARN, "123456789012", "210987654321", 1),
	} {
		if lets(policy, elsewhere+"GET/users") {
			t.Errorf("%s is open", elsewhere)
		}
	}
	for _, unknown := range []string{"GET/", "GET/secret", "OPTIONS/users", "HEAD/users", "POST/users/x", "GET/user", "*/users", "DELETE/roles", "get/users"} {
		if lets(policy, stageARN+unknown) {
			t.Errorf("%s is open, which is no route", unknown)
		}
	}
}

func TestNoMethodNoPolicy(t *testing.T) {
	for _, arn := range []string{
		"", "GET/users", "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234", "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live/GET",
		"arn:aws:lambda:eu-central-1:123456789012:abcdef1234/live/GET/users", "arn:aws:execute-api:eu-central-1:123456789012:/live/GET/users",
		"arn:aws:execute-api:eu-central-1:123456789012:*/live/GET/users", "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/*/GET/users",
		"arn:aws:execute-api:*:123456789012:abcdef1234/live/GET/users", "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234//GET/users",
		"arn:aws:execute-api:eu-central-1:123456789012:${aws:username}/live/GET/users",
	} {
		if policy, err := authorizer.Policy(authorizer.Grant{Groups: permission.All()}, arn); err == nil {
			t.Errorf("%q gives %+v", arn, policy)
		}
	}
}

// The gateway takes 512 characters for a resource; 8 KiB for an answer is the
// least that it is known to take anywhere.
func TestAPolicyIsSmallEnough(t *testing.T) {
	longest := "arn:aws-us-gov:execute-api:ap-southeast-99:123456789012:abcdefghij/" + strings.Repeat("s", 64) + "/GET/users"
	for _, held := range holdings() {
		_, policy := policyFor(t, held, longest)
		text, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 8<<10 {
			t.Errorf("%d groups: %d bytes", len(held), len(text))
		}
		for _, s := range policy.Statement {
			for _, r := range s.Resource {
				if len(r) > 512 {
					t.Errorf("%d characters: %s", len(r), r)
				}
			}
		}
	}
}
