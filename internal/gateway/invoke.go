package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// used has the members of an event that New and the adapter use. API Gateway sends many others, and
// decoding them all takes longer than all checks of a request.
type used struct {
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	Body                            string              `json:"body"`
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

// Invoke implements lambda.Handler.
func (h Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var u used
	if err := json.Unmarshal(payload, &u); err != nil {
		return nil, fmt.Errorf("decode the event: %w", err)
	}
	answer, err := h(ctx, u.event())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(len(answer.Body) + usualAnswer)
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // as lambda.NewHandler: every "<" is 5 bytes less
	if err := encoder.Encode(answer); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// usualAnswer is more than what an answer has besides its body, in bytes.
const usualAnswer = 1024

func (u used) event() events.APIGatewayProxyRequest {
	e := events.APIGatewayProxyRequest{
		Resource: u.Resource, Path: u.Path, HTTPMethod: u.HTTPMethod,
		Headers: u.Headers, MultiValueHeaders: u.MultiValueHeaders,
		QueryStringParameters: u.QueryStringParameters, MultiValueQueryStringParameters: u.MultiValueQueryStringParameters,
		Body: u.Body, IsBase64Encoded: u.IsBase64Encoded,
	}
	from := u.RequestContext
	e.RequestContext.RequestID, e.RequestContext.Path, e.RequestContext.Authorizer = from.RequestID, from.Path, from.Authorizer
	e.RequestContext.Identity = events.APIGatewayRequestIdentity{
		AccountID: from.Identity.AccountID, UserArn: from.Identity.UserArn, SourceIP: from.Identity.SourceIP,
	}
	return e
}
