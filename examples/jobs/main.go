// Command jobs runs jobs for the records of a file, which is CSV or has one JSON object in each line:
//
//	go run ./examples/jobs -kind user-imports users.csv
//
// It splits the file into jobs, starts them, shows their progress, and writes the failed lines with the
// problems to a file. That file can be corrected and be the next input. A repeat of the same command
// continues with the same jobs. A deletion is a plan, until -confirm has the number of planned users.
//
// With -sign, calls are signed by AWS Signature Version 4. Otherwise they have the token in USHER_TOKEN, if
// there is one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := realMain(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "jobs:", err)
		stop()
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	kind, query, key, failures string
	lines, confirm             int
}

func realMain(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("jobs", flag.ContinueOnError)
	flags.SetOutput(out)
	base := flags.String("usher", "http://127.0.0.1:3000", "Usher's `URL`")
	sign := flags.Bool("sign", false, "sign calls with AWS Signature Version 4")
	flags.StringVar(&o.kind, "kind", "", "user-creations, user-imports, user-updates or user-deletions")
	flags.StringVar(&o.query, "query", "", "the options of the jobs, such as upsert=true")
	flags.StringVar(&o.key, "key", "", "any text: another one starts other jobs for the same file")
	flags.StringVar(&o.failures, "failures", "", "the `file` for failed lines (default the input's name with .failed)")
	flags.IntVar(&o.lines, "lines", maxLines, "the maximum number of records in a job")
	flags.IntVar(&o.confirm, "confirm", 0, "carry out deletions if this `number` of users is planned in all jobs together")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || o.kind == "" || o.lines < 1 || o.lines > maxLines {
		flags.Usage()
		return errors.New("give -kind and one file")
	}
	u := &usher{base: strings.TrimSuffix(*base, "/"), token: os.Getenv("USHER_TOKEN"), http: &http.Client{
		Timeout: 30 * time.Second,
		// No other host may have the token or the signature.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if *sign {
		var err error
		if u.sign, err = awsSigner(ctx); err != nil {
			return err
		}
	}
	in, err := readInput(flags.Arg(0))
	if err != nil {
		return err
	}
	if o.failures == "" {
		o.failures = flags.Arg(0) + ".failed"
	}
	return run(ctx, u, o, in, out)
}
