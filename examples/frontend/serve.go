package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// newServer bounds all that a client can make a server wait for. The timeout is that of
// one call of Usher's.
func newServer(h http.Handler, certificate *tls.Config, timeout time.Duration) *http.Server {
	return &http.Server{
		Handler: h, TLSConfig: certificate,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10*time.Second + 2*timeout, // a page takes four calls at most, and Usher gives up each after 8 s
		IdleTimeout:       2 * time.Minute,
	}
}

// serve serves until the context ends, and then lets requests under way end.
func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.ServeTLS(listener, "", "") }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if server.Shutdown(ending) != nil { // a request takes too long
		return server.Close()
	}
	return nil
}
