// Command localtenant serves a fake Auth0 tenant: the Management API, OpenID Connect and
// login pages, with sample users, all in memory. It is only for development and tests, since
// its credentials are public.
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
	fs.BoolVar(&c.allowRemote, "allow-remote", false, "accept connections from other machines")
	fs.Func("callback", "allow this redirect `URL` in addition to the defaults; can be repeated", func(s string) error {
		c.callbacks = append(c.callbacks, s)
		return nil
	})
	fs.Func("logout", "allow this `URL` after sign-outs; can be repeated", func(s string) error {
		c.logoutURLs = append(c.logoutURLs, s)
		return nil
	})
	fs.Func("machine", "add a machine client `ID:SECRET:AUDIENCE:SCOPES`; can be repeated", func(s string) error {
		m, err := localtenant.ParseMachine(s)
		c.machines = append(c.machines, m)
		return err
	})
	fs.BoolVar(&c.quirks, "quirks", false, "respond in the unusual formats of real tenants (docs/local-tenant.md)")
	fs.Func("audience", "allow this API `identifier` in users' tokens; can be repeated", func(s string) error {
		c.audiences = append(c.audiences, s)
		return nil
	})
	fs.StringVar(&c.plan, "plan", "none", "the `plan` whose rate limits apply: none, free, self-service, enterprise or enterprise-nonproduction")
	fs.StringVar(&c.tlsDir, "tls", "", "serve https with a certificate from a CA in this `directory`")
	fs.StringVar(&c.users, "users", "", "import users from this `file` in Auth0's format, instead of the sample users")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return c, c.checkAddr()
}

// bridge is the default address of this machine in Docker's bridge network.
const bridge = "172.17.0.1"

// checkAddr rejects addresses that other machines can reach, since they could change all
// users with the public credentials. Only this machine's containers can reach bridge.
func (c config) checkAddr() error {
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return fmt.Errorf("address %q: want host:port", c.addr)
	}
	if c.allowRemote || loopback.Is(host) || host == bridge {
		return nil
	}
	return fmt.Errorf("%s is not on loopback: the credentials are public, so other machines could manage every user. "+
		"Use -allow-remote to allow this", c.addr)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is already in use", c.addr)
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

// secure adds TLS to a listener if -tls is set. It returns the listener and the base URL.
func (c config) secure(listener net.Listener) (net.Listener, string, error) {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, "", fmt.Errorf("listen: %w", err)
	}
	if name, _, _ := net.SplitHostPort(c.addr); name == "localhost" {
		host = name
	}
	addr := net.JoinHostPort(host, port)
	if c.tlsDir == "" {
		return listener, "http://" + addr, nil
	}
	cert, err := localtenant.Certificate(c.tlsDir, host)
	if err != nil {
		return nil, "", err
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{cert}}), "https://" + addr, nil
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
  pages          %s%s (mails, users, log, faults, settings)

A Management API token:
  %s %s/oauth/token -d grant_type=client_credentials -d client_id=%s -d client_secret=%s -d audience=%s
`, base, localtenant.ClientID, localtenant.ClientSecret, localtenant.Connection, t.Audience(), users, base, t.PageLinks()[0].Path,
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
			err = srv.Close() // an injected fault can block a request forever
		}
		stopped <- err
	}()
	if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}
