package authorizer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
)

// Handle answers the gateway's question whom a token names and what it opens.
type Handle = func(context.Context, events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error)

// ErrUnauthorized is what the gateway makes 401 of, by its text. Every other
// error is 500 there.
var ErrUnauthorized = errors.New("Unauthorized")

// Authorize answers the gateway (a Lambda authorizer of type TOKEN). It logs a
// line for whatever it does not grant, and nothing of the token there but whom a
// rightly signed one names.
func Authorize(o Options) Handle {
	a := New(o)
	return func(ctx context.Context, event events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		grant, err := a.Check(ctx, event.AuthorizationToken)
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			o.Log.WarnContext(ctx, "token refused", "reason", refusal.Reason, "error", refusal.Error(), "caller", refusal.Caller)
			o.Denied(refusal.Reason)
			return events.APIGatewayCustomAuthorizerResponse{}, ErrUnauthorized
		}
		if err != nil {
			o.Log.ErrorContext(ctx, "token not checked", "error", err.Error())
			o.Failed()
			return events.APIGatewayCustomAuthorizerResponse{}, fmt.Errorf("check a token: %w", err)
		}
		policy, err := Policy(grant, event.MethodArn)
		if err != nil {
			o.Log.ErrorContext(ctx, "token not checked", "error", err.Error())
			o.Failed()
			return events.APIGatewayCustomAuthorizerResponse{}, err
		}
		o.Log.DebugContext(ctx, "token accepted", slog.String("caller", grant.Caller), slog.String("permissions", grant.Permissions()))
		return events.APIGatewayCustomAuthorizerResponse{
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
