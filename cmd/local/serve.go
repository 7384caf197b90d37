package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// group is a group of servers that run until close.
type group struct {
	deadline time.Duration // of the service
	servers  []*http.Server
	failed   chan error
}

// start starts a server. It returns an error if the port is in use.
func (g *group) start(addr string, h http.Handler, connState func(net.Conn, http.ConnState)) error {
	if g.failed == nil {
		g.failed = make(chan error, 3)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", addr, rootCause(err))
	}
	server := &http.Server{
		Handler: h, ConnState: connState,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20*time.Second + g.deadline,
		IdleTimeout:       2 * time.Minute,
	}
	g.servers = append(g.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			g.failed <- err
		}
	}()
	return nil
}

// wait returns when the context ends or a server fails.
func (g *group) wait(ctx context.Context) error {
	select {
	case err := <-g.failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

// close shuts the servers down. Current requests get 3 s to finish.
func (g *group) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for i := len(g.servers) - 1; i >= 0; i-- { // the API first, since it needs the tenant
		if g.servers[i].Shutdown(ctx) != nil {
			_ = g.servers[i].Close()
		}
	}
}

func rootCause(err error) error {
	var call *os.SyscallError
	if errors.As(err, &call) {
		if errors.Is(call.Err, syscall.EADDRINUSE) {
			return errors.New("the port is in use")
		}
		return call.Err
	}
	return err
}
