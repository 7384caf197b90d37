// Command frontend is a small front-end of a company's, as a company would
// write it: people sign up, sign in, see and change their account, and sign out,
// here or everywhere. It keeps their sessions, and leaves the rest to Usher.
//
// It is an example. docs/front-end.md explains it. It imports nothing of Usher's:
// all that it knows of it is HTTP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	addr      string
	url       string // "" is https://addr
	usher     string
	cert, key string // files; none for a self-signed certificate
	sign      bool
	timeout   time.Duration
}

// usualTimeout is longer than the 8 s after which Usher itself gives up.
const usualTimeout = 15 * time.Second

func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("frontend", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8443", "where to listen")
	flags.StringVar(&o.url, "url", "", "its own `URL`, as browsers know it (default https://ADDR)")
	flags.StringVar(&o.usher, "usher", "http://127.0.0.1:3000", "where Usher is; on AWS with the stage: https://….execute-api.REGION.amazonaws.com/live")
	flags.StringVar(&o.cert, "cert", "", "`file` with its certificate; without, it makes one that no browser trusts")
	flags.StringVar(&o.key, "key", "", "`file` with the certificate's key")
	flags.BoolVar(&o.sign, "sign", false, "sign the calls with the credentials that AWS's own tools would use here")
	flags.DurationVar(&o.timeout, "timeout", usualTimeout, "how long to wait for one answer of Usher's")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || (o.cert == "") != (o.key == "") {
		return o, errors.New("want no arguments, and -cert and -key together or not at all")
	}
	if o.url == "" {
		o.url = "https://" + o.addr
	}
	o.url, o.usher = strings.TrimSuffix(o.url, "/"), strings.TrimSuffix(o.usher, "/")
	if !isPrivate(o.usher) {
		return o, errors.New("-usher wants https://…, or http://… on this machine: passwords and tokens go there")
	}
	return o, nil
}

// isPrivate reports whether nobody on the way can read what is sent to the URL.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	if err := realMain(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "frontend:", err)
		os.Exit(1)
	}
}

// realMain serves until the context ends.
func realMain(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseFlags(args, out)
	if err != nil {
		return err
	}
	usher := newUsher(o.usher, o.timeout)
	if o.sign {
		if usher.sign, err = awsSigner(ctx); err != nil {
			return err
		}
	}
	certificate, err := certificateFor(o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	site := &app{usher: usher, url: o.url, sessions: newSessions(time.Now), https: o.cert != ""}
	fmt.Fprintf(out, "The front-end is at %s, and calls Usher at %s. Ctrl-C ends it.\n", o.url, o.usher)
	return serve(ctx, newServer(site.handler(), certificate, o.timeout), listener)
}
