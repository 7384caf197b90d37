// Command cold measures the first answer of functions: their binaries are started again and again
// behind a Lambda runtime API, with a Secrets Manager and a local tenant behind TLS on loopback. It
// prints a Markdown table of the medians. Nothing depends on the times.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"usher/test/testkit/lambda"
)

func main() {
	starts := flag.Int("n", 40, "the `number` of starts for each row")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	flag.Parse()
	if err := run(ctx, *starts); err != nil {
		fmt.Fprintln(os.Stderr, "cold:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, starts int) error {
	dir, err := os.MkdirTemp("", "cold")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := lambda.Build(ctx, ".", dir, "./functions/getuser", "./functions/createuser"); err != nil {
		return err
	}
	world, err := newWorld(dir)
	if err != nil {
		return err
	}
	defer world.close()
	fmt.Println(heading)
	for _, delay := range []time.Duration{0, 40 * time.Millisecond} {
		world.tenant.delay = delay
		rows := []*row{
			{kind: onDemand, delay: delay, function: "getuser"}, {kind: onDemand, delay: delay, function: "createuser"},
			{kind: provisioned, delay: delay, function: "getuser"}, {kind: provisioned, delay: delay, function: "createuser"},
		}
		for range starts {
			for _, r := range rows { // interleaved, so that the machine's other work strikes all alike
				s, err := world.start(ctx, filepath.Join(dir, r.function), r.kind, requests[r.function])
				if err != nil {
					return fmt.Errorf("%s: %w", r.function, err)
				}
				r.starts = append(r.starts, s)
			}
		}
		for _, r := range rows {
			fmt.Println(r)
		}
	}
	return nil
}
