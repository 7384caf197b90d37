// Command doctor examines a deployment and its tenant, and says what to change.
// It changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"usher/cmd/doctor/internal/doctor"
	"usher/cmd/internal/envfile"
	"usher/internal/config"
)

// The exit statuses.
const (
	healthy  = 0
	ill      = 1 // at least one check says that something is wrong
	notAsked = 2 // nothing could be examined
)

// timeout is for everything. A tenant that is down costs some seconds a call.
const timeout = 2 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(realMain(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// realMain returns the exit status.
func realMain(ctx context.Context, args []string, getenv func(string) string, out, messages io.Writer) int {
	opts, err := parseFlags(args, messages)
	if errors.Is(err, flag.ErrHelp) {
		return healthy
	}
	if err == nil {
		err = examine(ctx, opts, getenv, out)
	}
	switch {
	case errors.Is(err, errIll):
		return ill
	case err != nil:
		fmt.Fprintln(messages, "doctor:", err)
		return notAsked
	}
	return healthy
}

var errIll = errors.New("something is wrong")

func examine(ctx context.Context, opts options, getenv func(string) string, out io.Writer) error {
	p, err := patient(opts, getenv)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	results := doctor.Examine(limited, p, doctor.Instruments{Now: time.Now, Getenv: getenv})
	if ctx.Err() != nil { // what could not be asked then is no finding
		return errors.New("interrupted")
	}
	write := doctor.WriteText
	if opts.json {
		write = doctor.WriteJSON
	}
	if err := write(out, results); err != nil {
		return err
	}
	if !doctor.Healthy(results) {
		return errIll
	}
	return nil
}

// patient is what the command line and the environment name. What is wrong with
// the settings is a finding, and no reason not to look at the rest.
func patient(opts options, getenv func(string) string) (doctor.Patient, error) {
	p := doctor.Patient{Groups: opts.groups, Rotation: opts.rotation, Endpoints: opts.endpoints, Limits: getenv(limitsName)}
	var wrongTokens error
	if getenv("FRONTEND_AUTH") == config.AuthBearer {
		var tokens config.Authorizer
		tokens, wrongTokens = config.AuthorizerFromEnv(getenv)
		p.Tokens = &tokens
	}
	if opts.limitsFile != "" {
		document, err := os.ReadFile(opts.limitsFile)
		if err != nil {
			return p, err
		}
		p.Limits = string(document)
	}
	if opts.envFile == "" {
		p.SecretID = opts.secretID
		p.Config, p.Wrong = config.FromEnv(func(name string) string {
			switch name {
			case "SECRET_ID":
				return opts.secretID
			case limitsName: // has a check of its own
				return ""
			}
			return getenv(name)
		})
		p.Wrong = errors.Join(p.Wrong, wrongTokens)
		return p, nil
	}
	file, err := envfile.Read(opts.envFile)
	if err != nil {
		return p, fmt.Errorf("read %s: %w", opts.envFile, err)
	}
	settings, wrong := file.Settings(defaultRedirectURI, getenv)
	p.Unknown = file.Unknown()
	p.Config, p.Credentials, p.Wrong = settings.Config, settings.Credentials, errors.Join(wrong, wrongTokens)
	return p, nil
}

// limitsName is where the functions find the policy document.
const limitsName = "FRONTEND_LIMITS"

// defaultRedirectURI is where cmd/local listens with the same file.
const defaultRedirectURI = "http://127.0.0.1:3000/callback"
