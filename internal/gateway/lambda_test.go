package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
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
	answer, err := h.Lambda(httpapi.MaxBody).Invoke(t.Context(), payload)
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
	if _, err := h.Lambda(httpapi.MaxBody).Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if _, err := h.Lambda(httpapi.MaxBody).Invoke(t.Context(), []byte(`{"path":`)); err == nil || errors.Is(err, broken) {
		t.Errorf("a malformed event: the error is %v", err)
	}
}

// usedOf returns the event with only the members that the package uses.
func usedOf(e events.APIGatewayProxyRequest) events.APIGatewayProxyRequest {
	from := e.RequestContext
	return events.APIGatewayProxyRequest{
		Resource: e.Resource, Path: e.Path, HTTPMethod: e.HTTPMethod, Headers: e.Headers, MultiValueHeaders: e.MultiValueHeaders,
		QueryStringParameters: e.QueryStringParameters, MultiValueQueryStringParameters: e.MultiValueQueryStringParameters,
		Body: e.Body, IsBase64Encoded: e.IsBase64Encoded,
		RequestContext: events.APIGatewayProxyRequestContext{
			RequestID: from.RequestID, Path: from.Path, Authorizer: from.Authorizer,
			Identity: events.APIGatewayRequestIdentity{AccountID: from.Identity.AccountID, UserArn: from.Identity.UserArn, SourceIP: from.Identity.SourceIP},
		},
	}
}

// Every event is decoded as by the runtime's own types, and refused if it is not JSON.
func FuzzLambda(f *testing.F) {
	whole, err := json.Marshal(tokened("PATCH", "/users/{id}", "/users/auth0%7Cabc", nil))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(whole), string(whole) + "{", ``, `null`, `[]`, `"x"`, `{"path":`, `{"path":5}`, `{"body":{}}`, `{"body":true}`, `{"headers":{"a":1}}`,
		`{"body":null,"path":null,"headers":null,"requestContext":null}`, `{"body":"a","body":null}`, `{"body":"a","Body":"b","BODY":"\ud800\u00e9\""}`,
		`{"headers":{"a":"1"},"headers":{"b":"2"},"requestContext":{"path":"/a"},"requestContext":{"identity":{"USERARN":"x"}}}`,
		`{"stageVariables":5}`, `{"requestContext":{"requestTimeEpoch":"x","path":"/a"}}`, "{\"body\":\"\xff\"}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got *events.APIGatewayProxyRequest
		h := Handler(func(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			got = &e
			return events.APIGatewayProxyResponse{}, nil
		})
		_, refused := h.Lambda(httpapi.MaxBody).Invoke(t.Context(), text)
		var want events.APIGatewayProxyRequest
		switch err := json.Unmarshal(text, &want); {
		case err == nil:
			if refused != nil {
				t.Fatal(refused)
			}
			if diff := cmp.Diff(usedOf(want), *got); diff != "" {
				t.Error(diff)
			}
		case refused == nil && !isWrongType(err): // of a member that no code reads
			t.Errorf("served, despite %v", err)
		}
	})
}

func isWrongType(err error) bool {
	_, is := errors.AsType[*json.UnmarshalTypeError](err)
	return is
}
