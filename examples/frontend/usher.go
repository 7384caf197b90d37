package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// usher calls Usher.
type usher struct {
	base string // no slash at its end
	http *http.Client
	sign func(*http.Request, []byte) error // nil: calls go unsigned
}

func newUsher(base string, timeout time.Duration) *usher {
	return &usher{base: base, http: &http.Client{
		Timeout: timeout,
		// What Usher redirects to is for the browser, never for this server.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call is one request. The path is escaped: "/users/" + url.PathEscape(id).
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         any // is sent as JSON; nil for none
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is an error of Usher's (RFC 9457). One branches on the code. What else
// it says in words is for developers, and is left out here.
type problem struct {
	Status    int    `json:"-"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Field string `json:"field"`
	} `json:"errors"`
}

// Error is for the log: it holds no personal data. It quotes what came, since
// what is between here and Usher may have answered, and a line break in it would
// forge a line.
func (p *problem) Error() string {
	return fmt.Sprintf("Usher answered %d %q (request %q)", p.Status, p.Code, p.RequestID)
}

// do calls Usher. From status 400 on the error is a *problem, and the answer is
// there as well, for its headers.
func (u *usher) do(ctx context.Context, c call) (answer, error) {
	var body []byte
	if c.body != nil {
		var err error
		if body, err = json.Marshal(c.body); err != nil {
			return answer{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, c.method, u.base+c.path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.URL.RawQuery = c.query.Encode()
	if c.header != nil {
		r.Header = c.header
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if u.sign != nil {
		if err := u.sign(r, body); err != nil {
			return answer{}, err
		}
	}
	resp, err := u.http.Do(r)
	if err != nil {
		return answer{}, fmt.Errorf("call Usher: %s %s: %w", c.method, c.path, withoutURL(err))
	}
	defer resp.Body.Close()
	got := answer{status: resp.StatusCode, header: resp.Header}
	if got.body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20)); err != nil {
		return answer{}, fmt.Errorf("read Usher's answer: %w", err)
	}
	if got.status >= http.StatusBadRequest {
		p := &problem{Code: "no-problem-document"} // what is between here and Usher may answer otherwise
		_ = json.Unmarshal(got.body, p)
		p.Status = got.status
		return got, p
	}
	return got, nil
}

// withoutURL leaves the URL out of what goes into the log: in the query of a
// callback is a code, and in that of a sign-out a token.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
