package auth0

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// answer holds the body of a 2xx response.
type answer struct {
	arrived bool
	body    []byte
}

type answerKey struct{}

// call sends a request through the SDK and returns the body of the 2xx response unchanged.
// Otherwise it returns the HTTP client's error.
//
// One member of an unexpected type makes the SDK fail for the whole response, after the provider has made
// the change. So keep gives the SDK an empty value instead of the body, and call ignores the SDK's result.
func call(ctx context.Context, send func(context.Context) (any, error)) ([]byte, error) {
	a := &answer{}
	_, err := send(context.WithValue(ctx, answerKey{}, a))
	if a.arrived {
		return a.body, nil
	}
	return nil, err
}

// readAlready is a body that the retrier has read.
type readAlready struct {
	*bytes.Reader
	all []byte
}

// Close implements io.Closer.
func (readAlready) Close() error { return nil }

// keep stores the body for call, and leaves an empty value of the same JSON type for the
// SDK. From null or an empty body the SDK would get a nil pointer and panic.
func keep(ctx context.Context, resp *http.Response) {
	a, ok := ctx.Value(answerKey{}).(*answer)
	if !ok {
		return
	}
	read, _ := resp.Body.(readAlready) // it always is: the retrier has read it
	a.body = read.all
	a.arrived = true
	empty := "{}"
	if bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("[")) {
		empty = "[]"
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader([]byte(empty))), int64(len(empty))
}
