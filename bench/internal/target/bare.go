package target

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"usher/bench/internal/provider"
)

// bare sends an operation's provider calls, one after the other. It must not change in a commit
// that claims a gain.
type bare struct {
	calls  []provider.Call
	client *http.Client
}

// NewBare returns the provider calls of an operation, without the service.
func NewBare(calls []provider.Call) Target {
	transport := &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: Workers, IdleConnTimeout: 30 * time.Second}
	return &bare{calls: calls, client: &http.Client{Transport: transport}}
}

func (b *bare) Do(ctx context.Context, _ int) (Answer, error) {
	answer := Answer{Status: http.StatusOK}
	for _, c := range b.calls {
		r, err := http.NewRequestWithContext(ctx, c.Method, c.URL, strings.NewReader(c.Body))
		if err != nil {
			return Answer{}, err
		}
		for name, value := range c.Header {
			r.Header.Set(name, value)
		}
		if answer, err = send(b.client, r); err != nil {
			return Answer{}, err
		}
	}
	return answer, nil
}

func (b *bare) Close() { b.client.CloseIdleConnections() }

func send(client *http.Client, r *http.Request) (Answer, error) {
	resp, err := client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("read the response: %w", err)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(body)}, nil
}
