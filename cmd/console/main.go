// Command console serves the console for the help desk. It is a front-end of Usher, which it
// calls like any other: signed with the console's IAM role, or with bearer tokens.
//
// docs/console.md says how to run it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"usher/cmd/internal/console"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	if err := realMain(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "console:", err)
		os.Exit(1)
	}
}

// realMain serves until the context ends.
func realMain(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	o, err := parseFlags(args, getenv, out)
	if err != nil {
		return err
	}
	staff, err := o.staff()
	if err != nil {
		return err
	}
	if o.iamPolicy != "" {
		text, err := staff.IAM(o.iamPolicy)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
	log := slog.New(slog.NewJSONHandler(out, nil))
	client, err := client(ctx, o, getenv)
	if err != nil {
		return err
	}
	handler, err := console.New(console.Options{URL: o.url, Usher: client, Policy: staff, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	log.Info("the console listens", "addr", listener.Addr().String(), "url", o.url, "usher", o.usher)
	return serve(ctx, newServer(handler), listener)
}

// newServer bounds all that a client can make the server wait for. A page takes at most two
// rounds of calls after the checks, and each call has a timeout.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second,
		WriteTimeout: 90 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
}

// shutdownTime is how long requests may take to finish after the context has ended.
const shutdownTime = 20 * time.Second

// serve lets current requests finish when the context ends.
func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if server.Shutdown(ending) != nil {
		return server.Close()
	}
	return nil
}
