package gateway

import (
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/problem"
)

// escapedPath returns the path as one that decodes, once, to what the client
// meant. The REST API delivers it still percent-encoded, and with a custom
// domain's base path before it; `sam local` delivers it decoded. Which of the
// two it is cannot be told from the text, and is never guessed.
func escapedPath(event events.APIGatewayProxyRequest, samLocal bool) (string, error) {
	if samLocal {
		return (&url.URL{Path: event.Path}).EscapedPath(), nil
	}
	segments := strings.Split(strings.TrimPrefix(event.Path, "/"), "/")
	if n := strings.Count(event.Resource, "/"); n > 0 && len(segments) > n {
		segments = segments[len(segments)-n:] // the base path is not the resource's
	}
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return "/", problem.Invalid("path", "is not well percent-encoded")
		}
		segments[i] = url.PathEscape(text)
	}
	return "/" + strings.Join(segments, "/"), nil
}
