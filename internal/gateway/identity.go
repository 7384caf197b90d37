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

// identify tells who calls, from the event's fields for the one way in which the
// gateway authenticates here, and why the call is refused. Headers count for
// nothing, since the caller writes them, and neither do the fields of the other way.
func identify(event events.APIGatewayProxyRequest, opts Options) (who api.Principal, refusal error) {
	if opts.Bearer {
		who, refusal = byBearer(event, opts.Now())
	} else {
		who, refusal = byIAM(event)
	}
	if who.Caller.ID == "" && opts.servesNobody() {
		return api.Principal{}, nil
	}
	return who, refusal
}

// byIAM is the role or user whose signature the gateway has checked.
func byIAM(event events.APIGatewayProxyRequest) (api.Principal, error) {
	said := event.RequestContext.Identity
	if said.AccountID == "" || said.UserArn == "" {
		return api.Principal{}, notAuthenticated()
	}
	return api.Principal{Caller: httpapi.Caller{Account: said.AccountID, ID: said.UserArn}}, nil
}

// unixTime is the form in which the authorizer tells when a token ends.
var unixTime = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)

// byBearer is the client whose token the gateway's authorizer has checked. The
// gateway keeps the authorizer's answer for a while, so a token may have ended
// since.
func byBearer(event events.APIGatewayProxyRequest, now time.Time) (api.Principal, error) {
	said := func(name string) string {
		text, _ := event.RequestContext.Authorizer[name].(string)
		return text
	}
	if said("caller") == "" {
		return api.Principal{}, notAuthenticated()
	}
	who := api.Principal{Caller: httpapi.Caller{ID: said("caller")}, ByToken: true, Scopes: strings.Fields(said("permissions"))}
	if !unixTime.MatchString(said("exp")) {
		return who, problem.NotAuthenticated.New("The gateway's authorizer does not say when the caller's token ends.")
	}
	exp, _ := strconv.ParseInt(said("exp"), 10, 64)   // twelve digits
	if now.After(time.Unix(exp, 0).Add(skew.Limit)) { // the authorizer grants as much
		return who, problem.Unauthorized.New("The token has expired. Send another one.")
	}
	return who, nil
}

func notAuthenticated() error {
	return problem.NotAuthenticated.New("The gateway has not authenticated this call.")
}
