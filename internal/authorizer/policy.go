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

var errNoMethod = errors.New("the event names no method of an API")

// Policy returns what the grant opens of the API and stage of a method, and
// closes the rest. The gateway keeps the answer for all that comes with the same
// token, so it speaks of every route and not of the one that is asked for. It says
// no explicitly, since within one account an answer that is merely silent is
// overruled by whatever else allows the call.
func Policy(g Grant, methodARN string) (events.APIGatewayCustomAuthorizerPolicy, error) {
	prefix, ok := stageOf(methodARN)
	if !ok {
		return events.APIGatewayCustomAuthorizerPolicy{}, errNoMethod
	}
	isHeld := func(group permission.Group) bool {
		return slices.ContainsFunc(g.Groups, func(held permission.Group) bool { return held.Name == group.Name })
	}
	allow := statement("Allow", prefix, resources(g.Groups))
	deny := statement("Deny", prefix, resources(slices.DeleteFunc(permission.All(), isHeld)))
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

// stageOf is what the ARNs of all methods of a stage begin with:
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
