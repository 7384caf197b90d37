// Package usher is a small client of Usher's public API. It imports no package of the service:
// its only interface to Usher is HTTP.
package usher

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
	"strings"
	"time"
)

const (
	// Timeout is longer than the 8 s after which Usher itself gives up.
	Timeout = 15 * time.Second

	maxBody = 8 << 20 // Lambda's responses have at most 6 MB
)

// Authorize adds the console's own credentials to a request. It is called once for each attempt.
type Authorize func(r *http.Request, body []byte) error

// Client calls Usher.
type Client struct {
	base      string // without a trailing slash
	http      *http.Client
	authorize Authorize
	renew     func() // drops cached credentials; nil if there are none
}

// New returns a client of the Usher at a base URL. Without authorize, calls are unsigned.
func New(base string, timeout time.Duration, authorize Authorize) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), authorize: authorize, http: &http.Client{
		Timeout: timeout,
		// Usher's redirects are for the browser.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Call is one request. Path is escaped, see Path.
type Call struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Cookies      []*http.Cookie
	Body         any    // sent as JSON; nil for none
	Lines        []byte // sent as NDJSON in place of a body
	Actor        string // the ID of the staff user who acts; "" before a sign-in
}

// Answer is a response below status 400.
type Answer struct {
	Status    int
	Header    http.Header
	Body      []byte
	RequestID string
}

// Path joins segments to a path. It escapes everything that is not unreserved in a URL, as
// Usher's limit on the length of paths counts. It returns "" if a proxy would change the path,
// and calls with that path fail.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return ""
		}
		b.WriteByte('/')
		b.WriteString(escape(s))
	}
	return b.String()
}

// escape percent-encodes with %20 for spaces: signatures do not cover a plus sign.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// Do calls Usher. From status 400 on it returns a *Problem, and the answer for its headers.
func (c *Client) Do(ctx context.Context, call Call) (Answer, error) {
	if call.Path == "" {
		return Answer{}, &Problem{Status: http.StatusBadRequest, Code: "invalid-request"}
	}
	got, err := c.try(ctx, call)
	if c.renew != nil && got.Status == http.StatusUnauthorized {
		c.renew() // the token may have been revoked
		return c.try(ctx, call)
	}
	return got, err
}

func (c *Client) try(ctx context.Context, call Call) (Answer, error) {
	r, body, err := c.request(ctx, call)
	if err != nil {
		return Answer{}, err
	}
	if c.authorize != nil {
		if err := c.authorize(r, body); err != nil {
			return Answer{}, fmt.Errorf("authorize the call: %w", err)
		}
	}
	resp, err := c.http.Do(r)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL, whose query may contain a code or an address
		}
		return Answer{}, fmt.Errorf("call Usher: %w", err)
	}
	defer resp.Body.Close()
	return read(resp)
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, []byte, error) {
	var body []byte
	if call.Body != nil {
		var err error
		if body, err = json.Marshal(call.Body); err != nil {
			return nil, nil, err
		}
	}
	if call.Lines != nil {
		body = call.Lines
	}
	r, err := http.NewRequestWithContext(ctx, call.Method, c.base+call.Path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, errors.New("the path of the call is not valid")
	}
	r.URL.RawQuery = strings.ReplaceAll(call.Query.Encode(), "+", "%20")
	maps.Copy(r.Header, call.Header)
	for _, cookie := range call.Cookies {
		r.AddCookie(cookie)
	}
	switch {
	case call.Lines != nil:
		r.Header.Set("Content-Type", "application/x-ndjson")
	case body != nil:
		r.Header.Set("Content-Type", "application/json")
	}
	if call.Actor != "" {
		r.Header.Set("X-Actor", escape(call.Actor))
	}
	return r, body, nil
}

func read(resp *http.Response) (Answer, error) {
	got := Answer{Status: resp.StatusCode, Header: resp.Header, RequestID: resp.Header.Get("X-Request-Id")}
	var err error
	if got.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1)); err != nil {
		return got, fmt.Errorf("read Usher's response: %w", err)
	}
	if len(got.Body) > maxBody {
		return got, errors.New("the response of Usher is too large")
	}
	redirects := got.Status >= 300 && got.Status != http.StatusFound // 302 is for the browser
	if got.Status >= http.StatusBadRequest || redirects {
		return got, problemOf(got)
	}
	return got, nil
}

// decode reads the JSON of an answer.
func decode[T any](got Answer, err error) (T, error) {
	var out T
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(got.Body, &out); err != nil {
		return out, &Problem{Status: http.StatusBadGateway, Code: Unreadable, RequestID: got.RequestID}
	}
	return out, nil
}
