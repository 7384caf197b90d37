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

// lets evaluates a policy like IAM: an explicit Deny has precedence, and the default is to deny.
func lets(policy events.APIGatewayCustomAuthorizerPolicy, arn string) bool {
	return says(policy, "Allow", arn) && !says(policy, "Deny", arn)
}

func says(policy events.APIGatewayCustomAuthorizerPolicy, effect, arn string) bool {
	return slices.ContainsFunc(policy.Statement, func(s events.IAMPolicyStatement) bool {
		return s.Effect == effect && slices.Equal(s.Action, []string{"execute-api:Invoke"}) &&
			slices.ContainsFunc(s.Resource, func(pattern string) bool { return matches(pattern, arn) })
	})
}

// matched remembers what permission.Matches returned: the policies of all sets of groups consist
// of the same patterns.
var matched = map[[2]string]bool{}

func matches(pattern, arn string) bool {
	key := [2]string{pattern, arn}
	result, known := matched[key]
	if !known {
		result = permission.Matches(pattern, arn)
		matched[key] = result
	}
	return result
}

// oddIDs are values of a path parameter that could be mistaken for other path segments.
var oddIDs = []string{
	"auth0%7C1", "auth0|1", "a/b", "x/methods/y", "x/enrollments", "x/recovery-code", "..", "../users", "%2e%2e%2fusers", "a/GET/users", "*", "?", "users", "",
}

// resourcesOf returns resources of calls to a route, such as "GET/users/x".
func resourcesOf(route string) (all []string) {
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
	return slices.Compact(all) // a route without parameters is one resource
}

// groupSets returns sets of groups: none, each one, each pair, and all.
func groupSets() (all [][]permission.Group) {
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

// A policy allows exactly the routes of the token's groups, for any ID in the path and any
// call, and explicitly denies all others.
func TestPolicyAllowsOnlyRoutesOfScopes(t *testing.T) {
	pairs := 0
	for _, held := range groupSets() {
		g, policy := policyFor(t, held, stageARN+"GET/events/x")
		for _, owner := range permission.All() {
			for _, route := range owner.Routes {
				want := slices.ContainsFunc(held, func(h permission.Group) bool { return slices.Contains(h.Routes, route) })
				pairs++
				for _, resource := range resourcesOf(route) {
					if got := lets(policy, stageARN+resource); got != want {
						t.Errorf("%q: the policy allows %s: %t", g.Permissions(), resource, got)
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

// The gateway caches a policy for all calls with the same token.
func TestPolicyDoesNotDependOnTheCall(t *testing.T) {
	for _, held := range groupSets() {
		_, first := policyFor(t, held, stageARN+"GET/users")
		for _, method := range []string{"DELETE/users/x", "GET/", "POST/mfa/a/b:c/*", "PUT/x?y"} {
			_, second := policyFor(t, held, stageARN+method)
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("for %s:\n%s", method, diff)
			}
		}
	}
}

func TestPolicyIsForOneStageOfOneAPI(t *testing.T) {
	_, policy := policyFor(t, permission.All(), stageARN+"GET/users")
	if !lets(policy, stageARN+"GET/users") {
		t.Error("its own stage is not open")
	}
	for _, elsewhere := range []string{
		strings.Replace(stageARN, "/live/", "/test/", 1), strings.Replace(stageARN, "abcdef1234", "abcdef1235", 1),
		strings.Replace(stageARN, "eu-central-1", "eu-west-1", 1), strings.Replace(stageARN, "123456789012", "210987654321", 1),
	} {
		if lets(policy, elsewhere+"GET/users") {
			t.Errorf("%s is allowed", elsewhere)
		}
	}
	for _, unknown := range []string{"GET/", "GET/secret", "OPTIONS/users", "HEAD/users", "POST/users/x", "GET/user", "*/users", "DELETE/roles", "get/users"} {
		if lets(policy, stageARN+unknown) {
			t.Errorf("%s is allowed, but is not a route", unknown)
		}
	}
}

func TestPolicyNeedsAMethod(t *testing.T) {
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

// The gateway accepts at most 512 characters in a resource. Responses of 8 KiB are accepted
// everywhere.
func TestPolicySize(t *testing.T) {
	longest := "arn:aws-us-gov:execute-api:ap-southeast-99:123456789012:abcdefghij/" + strings.Repeat("s", 64) + "/GET/users"
	for _, held := range groupSets() {
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
