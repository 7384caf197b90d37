package onaws

import (
	"context"
	"errors"
	"fmt"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// fault returns an error that names the call, AWS's code and its request ID. The SDK's own text can
// name the object's key and its host, which are of no use in a log.
func fault(call string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var refusal smithy.APIError
	if !errors.As(err, &refusal) {
		return fmt.Errorf("%s failed: %w", call, err)
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return fmt.Errorf("%s was refused: %s (status %d, request %s)", call, refusal.ErrorCode(), response.HTTPStatusCode(), response.ServiceRequestID())
	}
	return fmt.Errorf("%s was refused: %s", call, refusal.ErrorCode())
}
