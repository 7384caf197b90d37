package gateway

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/skew"
)

// identity is who calls, by the word of the gateway: of its fields for the one
// way in which it authenticates here. Headers count for nothing, since the
// caller writes them, and neither do the fields of the other way.
type identity struct {
	caller      httpapi.Caller
	permissions []string // the scopes of the caller's token, where there is one
	fault       error    // why the call is refused; nil for one that is served
}

func identify(event events.APIGatewayProxyRequest, opts Options) identity {
	who := byIAM(event)
	if opts.Bearer {
		who = byBearer(event, opts.Now())
	}
	if who.caller.ID == "" && opts.servesNobody() {
		who.fault = nil
	}
	return who
}

// byIAM is the role or user whose signature the gateway has checked.
func byIAM(event events.APIGatewayProxyRequest) identity {
	said := event.RequestContext.Identity
	if said.AccountID == "" || said.UserArn == "" {
		return identity{fault: nobody()}
	}
	return identity{caller: httpapi.Caller{Account: said.AccountID, ID: said.UserArn}}
}

// unixTime is the form in which the authorizer tells when a token ends.
var unixTime = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)

// byBearer is the client whose token the gateway's authorizer has checked. The
// gateway keeps the authorizer's answer for a while, so a token may have ended
// since.
func byBearer(event events.APIGatewayProxyRequest, now time.Time) identity {
	said := func(name string) string {
		text, _ := event.RequestContext.Authorizer[name].(string)
		return text
	}
	if said("caller") == "" {
		return identity{fault: nobody()}
	}
	who := identity{caller: httpapi.Caller{ID: said("caller")}, permissions: strings.Fields(said("permissions"))}
	if !unixTime.MatchString(said("exp")) {
		who.fault = problem.NotAuthenticated.New("The gateway's authorizer does not say when the caller's token ends.")
		return who
	}
	exp, _ := strconv.ParseInt(said("exp"), 10, 64)   // twelve digits
	if now.After(time.Unix(exp, 0).Add(skew.Limit)) { // the authorizer grants as much
		who.fault = problem.Unauthorized.New("The token has expired. Send another one.")
	}
	return who
}

func nobody() error {
	return problem.NotAuthenticated.New("The gateway has not authenticated this call.")
}

// may checks a bearer token's permissions for a route once more. The authorizer
// has done so; but what it allows goes by the gateway's patterns, in which "*"
// crosses slashes, and this by the route that is served.
func (who identity) may(route string) error {
	group, ok := permission.Of(route)
	switch {
	case !ok:
		return problem.Forbidden.New("No permission covers this operation.")
	case !slices.Contains(who.permissions, group.Scope):
		return problem.Forbidden.New("The caller's token lacks the scope " + group.Scope + ".")
	}
	return nil
}
