// Command bench measures what the service adds to a call of the provider: see docs/benchmarks.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"usher/bench/internal/measure"
	"usher/bench/internal/provider"
	"usher/bench/internal/target"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	short := flag.Bool("short", false, "measure for a few minutes only, and write no file")
	flag.Parse()
	root, err := os.Getwd()
	if err == nil {
		err = run(ctx, root, *short)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, short bool) error {
	plan := measure.Full
	if short {
		plan = measure.Short
	}
	say("building the functions, the floor, and the functions of %s", oldCommit)
	binaries, skipped, err := build(ctx, root)
	if err != nil {
		return err
	}
	if skipped != nil {
		say("without the functions of %s: %v", oldCommit, skipped)
	}
	debug.SetGCPercent(800) // collect the garbage of provider and load rarely
	p, err := startProviderIn(filepath.Join(root, "internal", "auth0", "testdata"), filepath.Join(root, ".cache", "bench", "ca"))
	if err != nil {
		return err
	}
	defer p.Close()
	functions, err := target.NewFunctions(p)
	if err != nil {
		return err
	}
	defer functions.Close()
	begun := time.Now()
	for _, op := range target.Operations {
		set, err := target.NewSet(ctx, functions, binaries, op, target.Workers)
		if err != nil {
			return err
		}
		results, err := plan.Operation(ctx, p, set)
		set.Close()
		if err != nil {
			return err
		}
		_ = results
		say("%s: measured after %v", op.Name, time.Since(begun).Round(time.Second))
	}
	return nil
}

// startProviderIn starts the provider with the page of users in a folder, and makes this process
// and the functions trust it.
func startProviderIn(testdata, ca string) (*provider.Provider, error) {
	page, err := os.ReadFile(filepath.Join(testdata, "users-50.json"))
	if err != nil {
		return nil, fmt.Errorf("start the provider: %w", err)
	}
	p, err := provider.Start(ca, page)
	if err != nil {
		return nil, err
	}
	return p, os.Setenv("SSL_CERT_FILE", p.CAFile)
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
