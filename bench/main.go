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

	"usher/bench/internal/inprocess"
	"usher/bench/internal/measure"
	"usher/bench/internal/provider"
	"usher/bench/internal/report"
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
	compared, err := measure.CompareTenant(ctx, p, filepath.Dir(p.CAFile))
	if err != nil {
		return err
	}
	functions, err := target.NewFunctions(p)
	if err != nil {
		return err
	}
	defer functions.Close()
	result := report.Run{Plan: plan, OldCommit: oldCommit}
	for _, op := range target.Operations {
		begun := time.Now()
		measured, err := operation(ctx, plan, p, functions, binaries, op)
		if err != nil {
			return err
		}
		result.Operations = append(result.Operations, measured)
		say("%s: measured in %v", op.Name, time.Since(begun).Round(time.Second))
	}
	tables := result.Markdown() + limited(ctx, plan, p, functions, binaries.New) + report.Provider(compared)
	fmt.Print(tables)
	if short {
		return nil
	}
	docs := filepath.Join(root, "docs")
	return report.Write(filepath.Join(docs, "benchmarks.md"), tables, filepath.Join(docs, "images", "benchmarks.svg"), result.Chart())
}

// cgroups is where Linux has its control groups.
const cgroups = "/sys/fs/cgroup"

// limited measures a few functions with shares of a processor. Where that is not possible, the
// tables say why.
func limited(ctx context.Context, plan measure.Plan, p *provider.Provider, f *target.Functions, binaries string) string {
	var all []report.Limited
	for _, op := range target.Operations {
		if op.Name != "get" && op.Name != "create" && op.Name != "list of 50" {
			continue
		}
		shares, err := plan.ShareOf(ctx, p, f, binaries, cgroups, op)
		if err != nil {
			return fmt.Sprintf("### Memory sizes\n\nNot measured: %v\n", err)
		}
		all = append(all, report.Limited{Name: op.Name, Shares: shares})
		say("%s: measured with shares of a processor", op.Name)
	}
	return report.Shares(all)
}

// operation measures one operation.
func operation(ctx context.Context, plan measure.Plan, p *provider.Provider, f *target.Functions, b target.Binaries, op target.Operation) (report.Operation, error) {
	set, err := target.NewSet(ctx, f, b, op, target.Workers)
	if err != nil {
		return report.Operation{}, err
	}
	defer set.Close()
	results, err := plan.Operation(ctx, p, set)
	if err != nil {
		return report.Operation{}, err
	}
	function, err := inprocess.New(ctx, p, op)
	if err != nil {
		return report.Operation{}, err
	}
	return report.Operation{Name: op.Name, Calls: len(set.Calls), Results: results, Allocs: function.Allocs(ctx)}, nil
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
