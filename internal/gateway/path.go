package gateway

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// escapedPath returns the path as one that decodes, once, to what the client
// meant. The REST API delivers it still percent-encoded, and with a custom
// domain's base path, a stage or both before it; `sam local` delivers it decoded. Which of
// the two it is cannot be told from the text, and is never guessed.
//
// The gateway finds the resource of "/users" for "//users" and "/users/", too, and says in the event what
// the client wrote (https://github.com/localstack/localstack/pull/11304 has recordings). That is
// refused as everywhere: in the path, and in the one with the stage.
func escapedPath(event events.APIGatewayProxyRequest, samLocal bool) (string, error) {
	if samLocal {
		return (&url.URL{Path: event.Path}).EscapedPath(), nil
	}
	path := event.Path
	for _, asked := range []string{path, cmp.Or(event.RequestContext.Path, path)} {
		if fault := httpapi.FaultOfSegments(asked); fault != "" {
			return "/", problem.Invalid("path", fault)
		}
	}
	path = withoutBase(path, event.Resource)
	if fault := httpapi.FaultOfPath(path); fault != "" {
		return "/", problem.Invalid("path", fault)
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		text, _ := url.PathUnescape(segment) // it is well-formed
		segments[i] = url.PathEscape(text)
	}
	return "/" + strings.Join(segments, "/"), nil
}

// withoutBase takes away what is before the resource's own path: as many segments as there are
// more, if the others are the resource's by their names. In none of them is anything odd.
func withoutBase(path, resource string) string {
	segments, own := strings.Split(path, "/"), strings.Split(resource, "/")
	base := len(segments) - len(own)
	if resource == "" || base < 1 {
		return path
	}
	for i, name := range own[1:] {
		text, _ := url.PathUnescape(segments[base+1+i])
		if !strings.HasPrefix(name, "{") && name != text {
			return path
		}
	}
	return "/" + strings.Join(segments[base+1:], "/")
}
