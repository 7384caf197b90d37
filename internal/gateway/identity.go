package gateway

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
	"usher/internal/skew"
)

// identify returns the caller, from the event's fields for the configured way of authentication, and why
// the call is refused. It ignores headers, which the caller controls, and the fields of the other way.
func identify(event events.APIGatewayProxyRequest, opts Options) (who api.Principal, refusal error) {
	if opts.Bearer {
		who, refusal = byBearer(event, opts.Now())
	} else {
		who, refusal = byIAM(event)
	}
	if who.Caller.ID == "" && opts.admitsUnauthenticated() {
		return api.Principal{}, nil
	}
	return who, refusal
}

// byIAM returns the role or user whose signature the gateway has checked.
func byIAM(event events.APIGatewayProxyRequest) (api.Principal, error) {
	identity := event.RequestContext.Identity
	if identity.AccountID == "" || identity.UserArn == "" {
		return api.Principal{}, notAuthenticated()
	}
	return api.Principal{Caller: httpapi.Caller{Account: identity.AccountID, ID: identity.UserArn}}, nil
}

// unixTime is the form of a token's expiry time from the authorizer, in Unix seconds.
var unixTime = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)

// byBearer returns the client whose token the gateway's authorizer has checked. The gateway
// caches the authorizer's response, so the token may have expired since.
func byBearer(event events.APIGatewayProxyRequest, now time.Time) (api.Principal, error) {
	text := func(name string) string {
		value, _ := event.RequestContext.Authorizer[name].(string)
		return value
	}
	if text("caller") == "" {
		return api.Principal{}, notAuthenticated()
	}
	who := api.Principal{Caller: httpapi.Caller{ID: text("caller")}, ByToken: true}
	who.Scopes = strings.Fields(text("permissions"))
	if !unixTime.MatchString(text("exp")) {
		return who, problem.NotAuthenticated.New("The gateway's authorizer gave no expiry time for the token.")
	}
	exp, _ := strconv.ParseInt(text("exp"), 10, 64)   // at most 12 digits
	if now.After(time.Unix(exp, 0).Add(skew.Limit)) { // as in the authorizer
		return who, problem.Unauthorized.New("The token has expired. Get a new one and retry.")
	}
	return who, nil
}

func notAuthenticated() error {
	return problem.NotAuthenticated.New("The gateway did not authenticate the caller.")
}
