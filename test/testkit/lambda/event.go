package lambda

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Event returns the event of a request by an IAM role, as a private REST API sends it. target is
// the path with its query.
func Event(method, target string, header http.Header, body string) ([]byte, error) {
	path, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	single := map[string]string{}
	for name, all := range header {
		single[name] = all[len(all)-1]
	}
	return json.Marshal(events.APIGatewayProxyRequest{
		HTTPMethod: method, Path: path, Headers: single, MultiValueHeaders: header,
		MultiValueQueryStringParameters: values, Body: body,
		RequestContext: events.APIGatewayProxyRequestContext{
			HTTPMethod: method, Path: "/v1" + path, Stage: "v1", RequestID: "6f0c2b1e-0000-4000-8000-000000000000",
			Identity: events.APIGatewayRequestIdentity{
				AccountID: "123456789012", SourceIP: "10.0.0.1",
				UserArn: "arn:aws:sts::123456789012:assumed-role/front-end/session",
				Caller:  "AROAEXAMPLE:session",
			},
		},
	})
}

// Answer returns the response in a function's answer.
func Answer(body []byte) (events.APIGatewayProxyResponse, error) {
	var response events.APIGatewayProxyResponse
	err := json.Unmarshal(body, &response)
	return response, err
}
