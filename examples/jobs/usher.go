package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// usher calls Usher.
type usher struct {
	base  string // no slash at its end
	http  *http.Client
	token string                            // a bearer token; "" for none
	sign  func(*http.Request, []byte) error // nil for no signatures
}

// problem is an error of Usher's (RFC 9457).
type problem struct {
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	} `json:"errors"`
}

func (p *problem) Error() string {
	return fmt.Sprintf("Usher answered %d %q: %q (request %q)", p.Status, p.Code, p.Detail, p.RequestID)
}

// attempts is how often a request is sent while Usher is not available. A refusal for too many jobs or
// requests has no end.
const attempts = 6

// call sends a request until it is answered, and decodes the answer. All requests here can be repeated: the
// starts of jobs have an Idempotency-Key.
func (u *usher) call(ctx context.Context, method, path, key string, body []byte, answer any) error {
	for failed := 0; ; {
		wait, err := u.once(ctx, method, path, key, body, answer)
		if err == nil || wait < 0 || ctx.Err() != nil {
			return err
		}
		if p, ok := errors.AsType[*problem](err); !ok || p.Status != http.StatusTooManyRequests {
			if failed++; failed == attempts {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(cmp.Or(wait, time.Second<<failed)):
		}
	}
}

// once sends a request once. wait is negative for an error that a repeat cannot cure, and 0 if Usher does not say.
func (u *usher) once(ctx context.Context, method, path, key string, body []byte, answer any) (wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, u.base+path, bytes.NewReader(body))
	if err != nil {
		return -1, fmt.Errorf("make a request: %w", err)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/x-ndjson")
		if key == "" {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	switch {
	case u.sign != nil:
		if err := u.sign(r, body); err != nil {
			return -1, err
		}
	case u.token != "":
		r.Header.Set("Authorization", "Bearer "+u.token)
	}
	resp, err := u.http.Do(r)
	if err != nil {
		return 0, fmt.Errorf("call Usher: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Errorf("read Usher's answer: %w", err)
	}
	if resp.StatusCode < 300 {
		if err := json.Unmarshal(text, answer); err != nil {
			return -1, fmt.Errorf("decode Usher's answer: %w", err)
		}
		return 0, nil
	}
	p := &problem{}
	_ = json.Unmarshal(text, p) // a proxy may have answered
	p.Status = resp.StatusCode
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, p
	}
	return -1, p
}
