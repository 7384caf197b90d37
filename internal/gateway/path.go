package gateway

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// escapedPath returns the path in a form that decodes once to the path that the client sent.
// A REST API delivers it percent-encoded, after a custom domain's base path or a stage; `sam
// local` delivers it decoded. The text does not show which, so Options.SAMLocal decides.
//
// The gateway also finds the resource "/users" for "//users" and "/users/", and the event has
// the client's spelling (recordings: https://github.com/localstack/localstack/pull/11304).
// Such paths are refused here, in both fields of the event.
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

// withoutBase removes the segments before the resource's own path, if the remaining ones
// match the resource. No segment is empty or a dot.
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
