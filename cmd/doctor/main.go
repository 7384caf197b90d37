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
	"usher/cmd/doctor/internal/samconfig"
	"usher/cmd/internal/envfile"
	"usher/internal/config"
)

// The exit statuses.
const (
	healthy  = 0
	ill      = 1 // at least one check says that something is wrong
	notAsked = 2 // nothing could be examined
)

// timeout is for everything. If the tenant is down, each call takes some seconds.
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
	var results []doctor.Result
	if err == nil {
		results, err = examine(ctx, opts, getenv, out)
	}
	switch {
	case err != nil:
		fmt.Fprintln(messages, "doctor:", err)
		return notAsked
	case !doctor.Healthy(results):
		return ill
	}
	return healthy
}

func examine(ctx context.Context, o options, getenv func(string) string, out io.Writer) ([]doctor.Result, error) {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	look := examineTenant
	if o.beforeDeploy {
		look = examineAccount
	}
	results, err := look(limited, o, doctor.Instruments{Now: time.Now, Getenv: getenv})
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil { // a request that was interrupted is not a finding
		return nil, errors.New("interrupted")
	}
	if o.json {
		return results, doctor.WriteJSON(out, results)
	}
	return results, doctor.WriteText(out, results)
}

func examineTenant(ctx context.Context, o options, with doctor.Instruments) ([]doctor.Result, error) {
	p, err := patient(o, with.Getenv)
	if err != nil {
		return nil, err
	}
	return doctor.Examine(ctx, p, with), nil
}

func examineAccount(ctx context.Context, o options, with doctor.Instruments) ([]doctor.Result, error) {
	answers, err := samconfig.Read(o.answersFile, o.parameters)
	if err != nil {
		return nil, err
	}
	return doctor.ExamineAccount(ctx, answers, with)
}

// limitsName is the functions' environment variable for the policy document.
const limitsName = "FRONTEND_LIMITS"

// patient reads the settings. Wrong settings are a finding; the doctor examines the rest.
func patient(o options, getenv func(string) string) (doctor.Patient, error) {
	p := doctor.Patient{Groups: o.groups, Rotation: o.rotation, Endpoints: o.endpoints, Limits: getenv(limitsName)}
	if o.limitsFile != "" {
		document, err := os.ReadFile(o.limitsFile)
		if err != nil {
			return p, err
		}
		p.Limits = string(document)
	}
	if o.envFile != "" {
		file, err := envfile.Read(o.envFile)
		if err != nil {
			return p, fmt.Errorf("read %s: %w", o.envFile, err)
		}
		settings, wrong := file.Settings("http://127.0.0.1:3000/callback", getenv) // of cmd/local
		p.Config, p.Credentials, p.Unknown, p.Wrong = settings.Config, settings.Credentials, file.Unknown(), wrong
	} else {
		p.SecretID = o.secretID
		replaced := map[string]string{"SECRET_ID": o.secretID, limitsName: ""} // the limits have a check
		p.Config, p.Wrong = config.FromEnv(func(name string) string {
			if value, ok := replaced[name]; ok {
				return value
			}
			return getenv(name)
		})
	}
	if getenv("FRONTEND_AUTH") == config.AuthBearer {
		tokens, wrong := config.AuthorizerFromEnv(getenv)
		p.Tokens, p.Wrong = &tokens, errors.Join(p.Wrong, wrong)
	}
	return p, nil
}
