// Command floor is the least that a function can do for a request: it sends the same provider
// calls as the measured operation over a pooled client, and returns the last answer. It checks,
// translates and logs nothing. The difference between an operation and this function is the cost
// of the service. It must not change in a commit that claims a gain.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// call is one provider call of the operation.
type call struct {
	Method, URL, Body string
	Header            map[string]string
}

func main() {
	var calls []call
	if err := json.Unmarshal([]byte(os.Getenv("FLOOR_CALLS")), &calls); err != nil {
		log.Fatalf("FLOOR_CALLS: %v", err)
	}
	client := &http.Client{
		Timeout:   8 * time.Second,
		Transport: &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 100, IdleConnTimeout: 30 * time.Second},
	}
	lambda.Start(func(ctx context.Context, _ events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		answer := events.APIGatewayProxyResponse{StatusCode: http.StatusOK}
		for _, c := range calls {
			var err error
			if answer, err = c.forward(ctx, client); err != nil {
				return answer, err
			}
		}
		return answer, nil
	})
}

func (c call) forward(ctx context.Context, client *http.Client) (events.APIGatewayProxyResponse, error) {
	var answer events.APIGatewayProxyResponse
	r, err := http.NewRequestWithContext(ctx, c.Method, c.URL, bytes.NewReader([]byte(c.Body)))
	if err != nil {
		return answer, err
	}
	for name, value := range c.Header {
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	answer.StatusCode, answer.Body = resp.StatusCode, string(body)
	answer.Headers = map[string]string{"Content-Type": resp.Header.Get("Content-Type")}
	return answer, err
}
