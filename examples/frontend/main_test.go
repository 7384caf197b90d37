package main

import (
	"io"
	"net/http"
	"testing"
)

func TestUsherIsCalledInPrivate(t *testing.T) {
	for address, fine := range map[string]bool{
		"https://x.execute-api.eu-central-1.amazonaws.com/live": true,
		"http://127.0.0.1:3000":                                 true,
		"http://[::1]:3000":                                     true,
		"http://localhost:3000/":                                true,
		"http://usher.example":                                  false,
		"http://localhost.example":                              false,
		"http://10.0.0.1":                                       false,
		"ftp://127.0.0.1":                                       false,
		"127.0.0.1:3000":                                        false,
		"https://":                                              false,
	} {
		if _, err := parseFlags([]string{"-usher", address}, io.Discard); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Browsers are held to https where the certificate is a real one.
func TestStrictTransportSecurity(t *testing.T) {
	_, a, _ := start(t, map[string]http.HandlerFunc{})
	for _, genuine := range []bool{false, true} {
		a.https = genuine
		if got := send(a.handler(), "GET", "/", nil).Header.Get("Strict-Transport-Security"); (got != "") != genuine {
			t.Errorf("%v: %q", genuine, got)
		}
	}
}
