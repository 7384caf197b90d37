// Command fair measures how the functions share the provider's rate limit: processes of the real
// binaries behind a runtime API, in real time, against the local tenant with a plan's limits.
//
// A walk of a list (8 requests in flight) and a script that changes users and their roles (16 in flight)
// run flat out: they ignore Retry-After. Urgent requests come in intervals: a block, a reset of MFA and a
// password ticket in turn. Half of the processes are replaced after 10 requests.
//
// With -jobs it measures the local server instead: urgent requests every 2 seconds, and 2 changes in each
// second, while jobs of 10,000 updates run. At the end it cancels the jobs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.plan, "plan", "enterprise", "the tenant's `plan`: enterprise, self-service or free")
	flag.DurationVar(&o.lasts, "for", 10*time.Minute, "how long to measure with the plan")
	flag.DurationVar(&o.before, "before", 2*time.Minute, "how long to measure without it")
	flag.BoolVar(&o.polite, "polite", false, "clients honour Retry-After")
	flag.IntVar(&o.jobs, "jobs", 0, "measure while this `number` of jobs run, at most 5")
	flag.Parse()
	measure := report
	if o.jobs > 0 {
		measure = reportJobs
	}
	if err := measure(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "fair:", err)
		stop()
		os.Exit(1)
	}
}

// options are the command-line flags.
type options struct {
	plan   string
	lasts  time.Duration
	before time.Duration
	polite bool
	jobs   int
}

// report measures without and with the plan, and prints a table.
func report(ctx context.Context, o options) error {
	fmt.Printf("%s, %v, polite clients: %v\n\n", o.plan, o.lasts, o.polite)
	fmt.Println("| functions know the plan | class | requests | succeed | p99 | 429 provider-budget | 429 others | other problems |")
	fmt.Println("|---|---|--:|--:|--:|--:|--:|--:|")
	for _, known := range []bool{false, true} {
		c, err := start(ctx, o, known)
		if err != nil {
			return err
		}
		lasts := o.before
		if known {
			lasts = o.lasts
		}
		c.run(ctx, lasts)
		c.close()
		name := map[bool]string{false: "no", true: "yes"}[known]
		for _, class := range []string{"urgent", "change", "read"} {
			fmt.Printf("| %s | %s | %s |\n", name, class, c.tallies[class])
		}
		fmt.Printf("| %s | calls | %s |\n", name, c.levels)
	}
	return nil
}
