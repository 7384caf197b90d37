package main

import (
	"net/url"
	"strings"
	"testing"
)

// An error in the log holds no URL, since in its query are codes and tokens.
func TestErrorsHoldNoURL(t *testing.T) {
	u := newUsher("http://127.0.0.1:1", usualTimeout)
	_, err := u.do(t.Context(), call{method: "GET", path: "/callback", query: url.Values{"code": {"s3cret"}}})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}

// A response of a proxy cannot forge a line of the log.
func TestErrorsAreOneLine(t *testing.T) {
	p := &problem{Status: 502, Code: "a\nb", RequestID: "c\r\nd"}
	if text := p.Error(); strings.ContainsAny(text, "\r\n") {
		t.Errorf("%q", text)
	}
}
