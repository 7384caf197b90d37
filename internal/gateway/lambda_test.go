package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

func TestLambda(t *testing.T) {
	want := events.APIGatewayProxyRequest{
		Resource: "/users/{id}", Path: "/users/x", HTTPMethod: "PATCH",
		Headers: map[string]string{"Host": "a"}, MultiValueHeaders: map[string][]string{"Host": {"a", "b"}},
		QueryStringParameters: map[string]string{"q": "1"}, MultiValueQueryStringParameters: map[string][]string{"q": {"1", "2"}},
		Body: "e30=", IsBase64Encoded: true,
		RequestContext: events.APIGatewayProxyRequestContext{
			RequestID: "id", Path: "/v1/users/x", Authorizer: map[string]any{"caller": "c", "exp": "1"},
			Identity: events.APIGatewayRequestIdentity{AccountID: "123456789012", UserArn: arn, SourceIP: "10.0.0.1"},
		},
	}
	sent := want
	sent.StageVariables, sent.PathParameters = map[string]string{"unused": "x"}, map[string]string{"id": "x"}
	sent.RequestContext.DomainName = "unused.example.com"
	payload, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	var got events.APIGatewayProxyRequest
	h := Handler(func(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		got = e
		return events.APIGatewayProxyResponse{StatusCode: 200, MultiValueHeaders: map[string][]string{"A": {"b"}}, Body: "<&>"}, nil
	})
	answer, err := h.Lambda().Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the event: %s", diff)
	}
	if wanted := `{"statusCode":200,"headers":null,"multiValueHeaders":{"A":["b"]},"body":"<&>"}`; string(answer) != wanted {
		t.Errorf("the answer is %s, want %s", answer, wanted)
	}
}

func TestLambdaFails(t *testing.T) {
	broken := errors.New("broken")
	h := Handler(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{}, broken
	})
	if _, err := h.Lambda().Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if _, err := h.Lambda().Invoke(t.Context(), []byte(`{"path":`)); err == nil || errors.Is(err, broken) {
		t.Errorf("a malformed event: the error is %v", err)
	}
}
