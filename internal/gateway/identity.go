package gateway

import (
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// callerIn is whom the gateway authenticated by IAM. Headers count for
// nothing here: the caller writes them.
func callerIn(event events.APIGatewayProxyRequest) httpapi.Caller {
	identity := event.RequestContext.Identity
	return httpapi.Caller{Account: identity.AccountID, ID: identity.UserArn}
}

// guard refuses events that are broken, and those of nobody: the gateway may
// have been opened by mistake.
func guard(h http.Handler, opts Options) http.Handler {
	return httpapi.Handler(func(w http.ResponseWriter, r *http.Request) error {
		if !opts.SAMLocal && httpapi.CallerOf(r.Context()).ID == "" {
			return problem.NotAuthenticated.New("The gateway has not authenticated this call.")
		}
		if err := inboundOf(r).fault; err != nil {
			return err
		}
		h.ServeHTTP(w, r)
		return nil
	})
}
