package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener on no network, so that time can be the test's own.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error { close(p); return nil }

func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

// dial connects a client with the server.
func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p <- server
	return client
}

// Without a bound each of these clients would keep its connection for good, and
// the test would end in a deadlock.
func TestNobodyIsWaitedForForGood(t *testing.T) {
	const whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, tt := range map[string]struct {
		sends string
		reads bool
		most  time.Duration
	}{
		"half a head":             {"GET / HTTP/1.1\r\nHost", true, 5 * time.Second},
		"half a body":             {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", true, 10 * time.Second},
		"nothing after a page":    {whole, true, 2 * time.Minute},
		"a page that is not read": {whole, false, 40 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener, ended := make(pipes), make(chan time.Duration)
				began := time.Now()
				server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					_, _ = w.Write(bytes.Repeat([]byte("x"), 10<<10))
				}), nil, usualTimeout)
				server.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateClosed {
						ended <- time.Since(began)
					}
				}
				go func() { _ = server.Serve(listener) }()
				defer server.Close()
				client := listener.dial()
				go func() {
					_, _ = io.WriteString(client, tt.sends)
					if tt.reads {
						_, _ = io.Copy(io.Discard, client)
					}
				}()
				if after := <-ended; after > tt.most+time.Second {
					t.Errorf("it was waited for for %v", after)
				}
			})
		})
	}
}

// A shutdown completes open requests, unless they take too long.
func TestEndLetsRequestsEnd(t *testing.T) {
	certificate, err := selfSigned("https://app.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		takes  time.Duration
		answer string
	}{
		"a slow page":     {15 * time.Second, "HTTP/1.1 200 OK"},
		"one without end": {time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				listener := make(pipes)
				server := newServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					cancel()
					select {
					case <-time.After(tt.takes):
					case <-r.Context().Done():
					}
				}), &tls.Config{Certificates: []tls.Certificate{certificate}}, usualTimeout)
				ended := make(chan error)
				go func() { ended <- serve(ctx, server, listener) }()
				client := tls.Client(listener.dial(), &tls.Config{InsecureSkipVerify: true})
				if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				answer, _ := io.ReadAll(client)
				if err := <-ended; err != nil || !strings.HasPrefix(string(answer), tt.answer) || (tt.answer == "") != (len(answer) == 0) {
					t.Errorf("it ended with %v, and answered %q", err, answer)
				}
			})
		})
	}
}
