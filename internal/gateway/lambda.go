package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/httpapi"
)

// used has the members of an event that New and the adapter use. API Gateway sends many others, and
// decoding them all takes longer than all checks of a request.
type used[B ~string] struct {
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	Body                            B                   `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
	RequestContext                  struct {
		RequestID  string         `json:"requestId"`
		Path       string         `json:"path"`
		Authorizer map[string]any `json:"authorizer"`
		Identity   struct {
			AccountID string `json:"accountId"`
			UserArn   string `json:"userArn"`
			SourceIP  string `json:"sourceIp"`
		} `json:"identity"`
	} `json:"requestContext"`
}

// Lambda returns the handler for lambda.Start. maxBody is the size of the operation's largest accepted body in
// bytes. If it is the usual one, larger bodies are not copied.
func (h Handler) Lambda(maxBody int) lambda.Handler {
	if maxBody > httpapi.MaxBody {
		return decoded[string]{h}
	}
	return decoded[body]{h}
}

// decoded serves events with bodies of type B. lambda.NewHandler would do the same by reflection, and
// with a copy of each event.
type decoded[B ~string] struct{ handler Handler }

// Invoke serves one event. It fails for one that is not JSON or not of the gateway's form.
func (d decoded[B]) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var u used[B]
	if err := json.Unmarshal(payload, &u); err != nil {
		return nil, fmt.Errorf("decode the event: %w", err)
	}
	resp, err := d.handler(ctx, u.event())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(resp)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (u used[B]) event() events.APIGatewayProxyRequest {
	e := events.APIGatewayProxyRequest{
		Resource: u.Resource, Path: u.Path, HTTPMethod: u.HTTPMethod,
		Headers: u.Headers, MultiValueHeaders: u.MultiValueHeaders,
		QueryStringParameters: u.QueryStringParameters, MultiValueQueryStringParameters: u.MultiValueQueryStringParameters,
		Body: string(u.Body), IsBase64Encoded: u.IsBase64Encoded,
	}
	from := u.RequestContext
	e.RequestContext.RequestID, e.RequestContext.Path, e.RequestContext.Authorizer = from.RequestID, from.Path, from.Authorizer
	e.RequestContext.Identity = events.APIGatewayRequestIdentity{
		AccountID: from.Identity.AccountID, UserArn: from.Identity.UserArn, SourceIP: from.Identity.SourceIP,
	}
	return e
}
