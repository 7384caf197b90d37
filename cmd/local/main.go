// Command local runs the whole service on one port of this machine, with a local tenant. It
// needs no cloud account and no Docker. With -env it uses a real tenant instead.
//
// Every operation has the same constructor as in its Lambda function.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"usher/cmd/internal/guard"
	"usher/cmd/local/internal/docs"
	"usher/internal/boot"
	"usher/internal/httpapi"
	"usher/operations"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := realMain(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "usher:", err)
		os.Exit(1)
	}
}

// realMain runs until the context ends.
func realMain(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	opts, err := parseFlags(args, out)
	if err != nil {
		return err
	}
	set, err := settingsFor(opts, getenv)
	if err != nil {
		return err
	}
	if set.config.Limits, err = limitsFrom(opts.limitsFile, set.config); err != nil {
		return err
	}
	set.config.Deadline = opts.deadline
	servers := group{deadline: opts.deadline}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: set.config.LogLevel, ReplaceAttr: shortTime}))
	defer servers.close()
	if set.tenant != nil {
		tenant := guard.Loopback(set.tenant, opts.allowRemote)
		if err := servers.start(opts.tenantAddr, tenant, set.tenant.ConnState); err != nil {
			return err
		}
	}
	authenticate, err := authentication(opts, set, getenv)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "usher-jobs-")
	if err != nil {
		return fmt.Errorf("make a folder for jobs: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	service, stopJobs := operations.WithJobs(boot.New(set.config, set.credentials, log, time.Now), dir)
	defer stopJobs()
	handler := service.Handler(httpapi.ServeOptions{Log: log}, authenticate, operations.All(service)...)
	handler, err = docs.Handler(site(set, opts), handler)
	if err != nil {
		return err
	}
	if err := servers.start(set.addr, guard.Loopback(handler, opts.allowRemote), nil); err != nil {
		return err
	}
	if opts.console {
		handler, err := consoleHandler(opts, set, getenv, log)
		if err != nil {
			return err
		}
		if err := servers.start(opts.consoleAddr, guard.Loopback(handler, false), nil); err != nil {
			return err
		}
	}
	greet(out, set, opts)
	return servers.wait(ctx)
}

func shortTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.String(slog.TimeKey, a.Value.Time().Format("15:04:05.000"))
	}
	return httpapi.LevelName(groups, a)
}
