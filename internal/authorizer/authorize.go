package authorizer

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
)

type (
	request  = events.APIGatewayCustomAuthorizerRequest
	response = events.APIGatewayCustomAuthorizerResponse
)

// Handle is the handler of a Lambda authorizer of type TOKEN.
type Handle = func(context.Context, request) (response, error)

// ErrUnauthorized makes the gateway respond with 401, which depends on its exact text. Any
// other error results in 500.
var ErrUnauthorized = errors.New("Unauthorized")

// Authorize returns the handler of the authorizer function. It logs every refusal. Of the
// token it logs only the caller, and only after the signature was verified.
func Authorize(o Options) Handle {
	a := New(o)
	return func(ctx context.Context, event request) (response, error) {
		grant, err := a.Check(ctx, event.AuthorizationToken)
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			o.Log.WarnContext(ctx, "token refused", "reason", refusal.Reason, "error", refusal.Error(), "caller", refusal.Caller)
			o.Denied(refusal.Reason)
			return response{}, ErrUnauthorized
		}
		if err != nil {
			o.Log.ErrorContext(ctx, "token not checked", "error", err.Error())
			o.Failed()
			return response{}, fmt.Errorf("check a token: %w", err)
		}
		policy, err := Policy(grant, event.MethodArn)
		if err != nil {
			o.Log.ErrorContext(ctx, "token not checked", "error", err.Error())
			o.Failed()
			return response{}, err
		}
		o.Log.DebugContext(ctx, "token accepted", "caller", grant.Caller, "permissions", grant.Permissions())
		return response{
			PrincipalID:    grant.Caller,
			PolicyDocument: policy,
			Context: map[string]any{
				"caller":      grant.Caller,
				"permissions": grant.Permissions(),
				"exp":         strconv.FormatInt(grant.Expiry.Unix(), 10),
			},
		}, nil
	}
}
