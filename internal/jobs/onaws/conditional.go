package onaws

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"usher/internal/jobs"
)

// attempts bounds the attempts of a conditional write.
const attempts = 5

// Create writes an object unless it exists.
func (a *AWS) Create(ctx context.Context, key string, body []byte) (bool, error) {
	in := a.object(key, body)
	in.IfNoneMatch = aws.String("*")
	return a.conditionally(ctx, in, body)
}

// Replace writes an object if it has this ETag. An object that was deleted has none.
func (a *AWS) Replace(ctx context.Context, key, version string, body []byte) (bool, error) {
	in := a.object(key, body)
	in.IfMatch = &version
	return a.conditionally(ctx, in, body)
}

// conditionally writes an object under a condition, and reports whether it did
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
//
// It repeats failed requests, not the SDK: after a lost response, the repeated request fails because
// of the first one, and only the stored body shows who wrote.
func (a *AWS) conditionally(ctx context.Context, in *s3.PutObjectInput, body []byte) (bool, error) {
	lost := false
	for attempt := 1; ; attempt++ {
		in.Body = bytes.NewReader(body)
		_, err := a.s3.PutObject(ctx, in, func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
		var refusal smithy.APIError
		_ = errors.As(err, &refusal)
		switch {
		case err == nil:
			return true, nil
		case refusal != nil && (refusal.ErrorCode() == "PreconditionFailed" || refusal.ErrorCode() == "NoSuchKey"):
			if !lost {
				return false, nil
			}
			return a.holds(ctx, *in.Key, body)
		// Another conditional write of the key was in progress. This one has not been carried out.
		case refusal != nil && refusal.ErrorCode() == "ConditionalRequestConflict":
		case a.retryable.IsErrorRetryable(err) == aws.TrueTernary:
			lost = true
		default:
			return false, fault("PutObject", err)
		}
		if attempt == attempts {
			return false, fault("PutObject", err)
		}
		if err := a.pause(ctx, attempt, err); err != nil {
			return false, err
		}
	}
}

// holds reports whether an object has this body. Sealed bodies are unique, because each has a random nonce.
func (a *AWS) holds(ctx context.Context, key string, body []byte) (bool, error) {
	stored, _, err := a.Get(ctx, key)
	if errors.Is(err, jobs.ErrNoObject) {
		return false, nil
	}
	return bytes.Equal(stored, body), err
}

// pause waits before the next attempt, with the SDK's back-off and jitter.
func (a *AWS) pause(ctx context.Context, attempt int, err error) error {
	delay, err := a.wait.RetryDelay(attempt, err)
	if err != nil {
		return fault("PutObject", err)
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
