package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
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
	cookies      []*http.Cookie
	body         any // is sent as JSON; nil for none
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is an error of Usher's (RFC 9457). Branch on the code: its texts are for developers.
type problem struct {
	Status    int    `json:"-"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Field string `json:"field"`
	} `json:"errors"`
}

// Error is for the log, without personal data. It quotes the texts, because a proxy may have sent
// them, and a line break would forge a line of the log.
func (p *problem) Error() string {
	return fmt.Sprintf("Usher answered %d %q (request %q)", p.Status, p.Code, p.RequestID)
}

// refusal returns Usher's refusal of a request. Other errors are failures of Usher, or on the way to it.
func refusal(err error) (*problem, bool) {
	p, ok := errors.AsType[*problem](err)
	return p, ok && p.Status < http.StatusInternalServerError
}

// do calls Usher. From status 400 on, it returns a *problem, and the answer for its headers.
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
	maps.Copy(r.Header, c.header)
	for _, cookie := range c.cookies {
		r.AddCookie(cookie)
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
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL, whose query may contain a code or a token
		}
		return answer{}, fmt.Errorf("call Usher: %s %s: %w", c.method, c.path, err)
	}
	defer resp.Body.Close()
	got := answer{status: resp.StatusCode, header: resp.Header}
	if got.body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20)); err != nil {
		return answer{}, fmt.Errorf("read Usher's answer: %w", err)
	}
	if got.status >= http.StatusBadRequest {
		p := &problem{Code: "no-problem-document"} // if a proxy answered
		_ = json.Unmarshal(got.body, p)
		p.Status = got.status
		return got, p
	}
	return got, nil
}
