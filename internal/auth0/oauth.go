package auth0

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// tokenAnswers is a transport that makes token responses readable for x/oauth2. Otherwise one
// member of an unexpected type would fail the call, after the code or refresh token is spent.
type tokenAnswers struct {
	next  http.RoundTripper
	begin func(context.Context) *reading
}

// tokenAnswer is a token response (RFC 6749, section 5.1), or an error with status 200.
type tokenAnswer struct {
	AccessToken  string `json:"access_token,omitempty"`
	TokenType    string `json:"token_type,omitempty"`
	ExpiresIn    int    `json:"expires_in,omitempty"` // seconds
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	Error        string `json:"error,omitempty"`
}

// RoundTrip sends the request.
func (t tokenAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || r.URL.Path != tokenPath {
		return resp, err
	}
	body, _ := io.ReadAll(resp.Body) // cannot fail: the retrier has read it
	answer, err := json.Marshal(t.begin(r.Context()).token(body))
	if err != nil {
		return nil, err
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	return resp, nil
}

// token reads a token response. An unreadable one has no access token.
func (r *reading) token(body []byte) (a tokenAnswer) {
	root, err := r.parse(body)
	if err != nil {
		return tokenAnswer{}
	}
	root.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "access_token":
			a.AccessToken = r.text("token.access_token", v)
		case "token_type":
			a.TokenType = r.text("token.token_type", v)
		case "expires_in":
			a.ExpiresIn, _ = r.count("token.expires_in", v)
		case "refresh_token":
			a.RefreshToken = r.text("token.refresh_token", v)
		case "id_token":
			a.IDToken = r.text("token.id_token", v)
		case "scope":
			a.Scope = strings.Join(r.texts("token.scope", v), " ")
		case "error":
			a.Error = r.text("token.error", v)
		}
		return true
	})
	return a
}
