// Command localtenant serves a stand-in for an Auth0 tenant: the Management API,
// OpenID Connect and login pages, with sample users, all in memory. It is for
// development and tests; its credentials are known to everybody.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"usher/cmd/internal/guard"
	"usher/internal/loopback"
	"usher/localtenant"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "localtenant:", err)
		}
		stop()
		os.Exit(1)
	}
}

type config struct {
	addr        string
	allowRemote bool
	callbacks   []string
	logoutURLs  []string
	audiences   []string
	machines    []localtenant.Machine
	quirks      bool
	plan        string
	tlsDir      string
	users       string
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	fs := flag.NewFlagSet("localtenant", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&c.addr, "addr", "127.0.0.1:3001", "`host:port` to listen on")
	fs.BoolVar(&c.allowRemote, "allow-remote", false, "listen on an address that other machines reach")
	fs.Func("callback", "a redirect `URL` to allow beside the defaults; may be repeated", func(s string) error {
		c.callbacks = append(c.callbacks, s)
		return nil
	})
	fs.Func("logout", "a `URL` that sign-outs may return to, beside the defaults; may be repeated", func(s string) error {
		c.logoutURLs = append(c.logoutURLs, s)
		return nil
	})
	fs.Func("machine", "a machine client of an API, as `ID:SECRET:AUDIENCE:SCOPES`, the scopes divided by spaces or commas; may be repeated", func(s string) error {
		m, err := localtenant.ParseMachine(s)
		c.machines = append(c.machines, m)
		return err
	})
	fs.BoolVar(&c.quirks, "quirks", false, "answer in the odd forms that real tenants have (docs/local-tenant.md)")
	fs.Func("audience", "an API `identifier` that users' tokens may be for; may be repeated", func(s string) error {
		c.audiences = append(c.audiences, s)
		return nil
	})
	fs.StringVar(&c.plan, "plan", "none", "whose rate limits apply: none, free, self-service or enterprise")
	fs.StringVar(&c.tlsDir, "tls", "", "serve https, with a certificate from a CA that is kept in `directory`")
	fs.StringVar(&c.users, "users", "", "in place of the sample users, those of a `file` in the format of Auth0's import")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return c, c.checkAddr()
}

// bridge is this machine's address for its own containers, by Docker's default.
const bridge = "172.17.0.1"

// checkAddr refuses addresses that other machines reach: anybody there could read
// and change all users with the well-known credentials. Docker's bridge is this
// machine's own containers.
func (c config) checkAddr() error {
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return fmt.Errorf("address %q: want host:port", c.addr)
	}
	if c.allowRemote || loopback.Is(host) || host == bridge {
		return nil
	}
	return fmt.Errorf("%s is not a loopback address: with the known credentials anybody who reaches it could do "+
		"anything; give -allow-remote if you mean it", c.addr)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use already", c.addr)
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listener, base, err := c.secure(listener)
	if err != nil {
		return err
	}
	tenant, err := localtenant.New(localtenant.Options{
		BaseURL:    base,
		Callbacks:  c.callbacks,
		LogoutURLs: c.logoutURLs,
		Audiences:  c.audiences,
		Machines:   c.machines,
		Quirks:     c.quirks,
		Plan:       localtenant.Plan(c.plan),
		Empty:      c.users != "",
		Log:        slog.New(slog.NewTextHandler(stderr, nil)),
	})
	if err != nil {
		return err
	}
	if c.users != "" {
		if err := tenant.AddUsersFrom(c.users); err != nil {
			return err
		}
	}
	c.greet(stdout, tenant, base)
	return serve(ctx, listener, guard.Loopback(tenant, c.allowRemote, bridge), tenant.ConnState)
}

// secure puts TLS on a listener, if it is asked for, and says how the tenant is reached.
func (c config) secure(listener net.Listener) (net.Listener, string, error) {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, "", fmt.Errorf("listen: %w", err)
	}
	if asked, _, _ := net.SplitHostPort(c.addr); asked == "localhost" {
		host = asked
	}
	where := net.JoinHostPort(host, port)
	if c.tlsDir == "" {
		return listener, "http://" + where, nil
	}
	cert, err := localtenant.Certificate(c.tlsDir, host)
	if err != nil {
		return nil, "", err
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{cert}}), "https://" + where, nil
}

func (c config) greet(w io.Writer, t *localtenant.Tenant, base string) {
	users := "ada@example.com, grace@example.com, alan@example.com (or alan); password " + localtenant.SamplePassword
	if c.users != "" {
		users = "of " + c.users
	}
	curl := "curl -s"
	if c.tlsDir != "" {
		curl += " --cacert " + filepath.Join(c.tlsDir, localtenant.CAFile)
	}
	fmt.Fprintf(w, `The local tenant is at %s

  client id      %s
  client secret  %s
  connection     %s
  audience       %s (the Management API)
  users          %s

A Management API token:
  %s %s/oauth/token -d grant_type=client_credentials -d client_id=%s -d client_secret=%s -d audience=%s
`, base, localtenant.ClientID, localtenant.ClientSecret, localtenant.Connection, t.Audience(), users,
		curl, base, localtenant.ClientID, localtenant.ClientSecret, t.Audience())
}

func serve(ctx context.Context, listener net.Listener, h http.Handler, connState func(net.Conn, http.ConnState)) error {
	srv := &http.Server{Handler: h, ConnState: connState, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		err := srv.Shutdown(wait)
		if errors.Is(err, context.DeadlineExceeded) {
			err = srv.Close() // a fault may hang a request for good
		}
		stopped <- err
	}()
	if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}
