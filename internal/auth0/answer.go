package auth0

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// answer keeps the body of a 2xx answer on its way to the SDK.
type answer struct {
	arrived bool
	body    []byte
}

type answerKey struct{}

// call sends one request through the SDK and returns the body of the provider's
// 2xx answer as it came. Its error is the HTTP client's.
//
// The SDK decodes all or nothing: one member of an unexpected type fails the
// whole answer, after the provider has done what was asked. So it gets an empty
// value in place of the body, and its opinion on that is not asked for.
func call(ctx context.Context, send func(context.Context) (any, error)) ([]byte, error) {
	a := &answer{}
	_, err := send(context.WithValue(ctx, answerKey{}, a))
	if a.arrived {
		return a.body, nil
	}
	return nil, err
}

// keep takes the body for call, and leaves an empty value of the same kind for
// the SDK: it follows the nil pointer that null or no body would make.
func keep(ctx context.Context, resp *http.Response) {
	a, ok := ctx.Value(answerKey{}).(*answer)
	if !ok {
		return
	}
	a.body, _ = io.ReadAll(resp.Body) // from memory: the retrier has read it
	a.arrived = true
	empty := "{}"
	if bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("[")) {
		empty = "[]"
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader([]byte(empty))), int64(len(empty))
}
