package authorizer

import (
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/permission"
)

const (
	policyVersion = "2012-10-17"
	invoke        = "execute-api:Invoke"
)

var errNoMethod = errors.New("the event's methodArn is not the ARN of a method")

// Policy returns a policy for the API and stage of a method: it allows the granted routes and
// denies all others. It contains every route, because the gateway caches it for all calls
// with the same token. The Deny is explicit, because within an account another policy could
// otherwise allow the call.
func Policy(g Grant, methodARN string) (events.APIGatewayCustomAuthorizerPolicy, error) {
	prefix, ok := stageOf(methodARN)
	if !ok {
		return events.APIGatewayCustomAuthorizerPolicy{}, errNoMethod
	}
	held := resources(g.Groups)
	isHeld := func(resource string) bool { return slices.Contains(held, resource) }
	allow := statement("Allow", prefix, held)
	deny := statement("Deny", prefix, slices.DeleteFunc(resources(permission.All()), isHeld))
	if len(g.Groups) == 0 {
		deny = statement("Deny", prefix, []string{"*"})
	}
	policy := events.APIGatewayCustomAuthorizerPolicy{Version: policyVersion}
	for _, s := range []events.IAMPolicyStatement{allow, deny} {
		if len(s.Resource) > 0 {
			policy.Statement = append(policy.Statement, s)
		}
	}
	return policy, nil
}

func statement(effect, prefix string, resources []string) events.IAMPolicyStatement {
	s := events.IAMPolicyStatement{Effect: effect, Action: []string{invoke}}
	for _, r := range resources {
		s.Resource = append(s.Resource, prefix+r)
	}
	return s
}

// stageOf returns the common prefix of the ARNs of a stage's methods:
// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/.
func stageOf(methodARN string) (prefix string, ok bool) {
	parts := strings.SplitN(methodARN, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "execute-api" {
		return "", false
	}
	path := strings.SplitN(parts[5], "/", 4)
	if len(path) != 4 || path[0] == "" || path[1] == "" {
		return "", false
	}
	prefix = strings.Join(append(parts[:5:5], path[0]+"/"+path[1]+"/"), ":")
	return prefix, !strings.ContainsAny(prefix, "*?$")
}
