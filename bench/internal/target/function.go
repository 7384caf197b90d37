package target

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"time"

	"usher/bench/internal/provider"
	"usher/test/testkit/lambda"
)

// timeout is the functions' timeout, long enough for a busy machine.
const timeout = 5 * time.Minute

// Functions starts functions that use one provider.
type Functions struct {
	provider *provider.Provider
	runtime  *lambda.Runtime
	vault    *lambda.Vault
}

// NewFunctions serves a runtime API and a Secrets Manager.
func NewFunctions(p *provider.Provider) (*Functions, error) {
	runtime, err := lambda.NewRuntime()
	if err != nil {
		return nil, err
	}
	return &Functions{provider: p, runtime: runtime, vault: lambda.NewVault(p.Secret())}, nil
}

// Close ends both.
func (f *Functions) Close() { _ = f.runtime.Close(); f.vault.Close() }

// function is the processes of one function, and the event that they get.
type function struct {
	processes []*lambda.Process
	event     []byte
}

// Start starts processes of an operation's binary in a folder.
func (f *Functions) Start(ctx context.Context, binaries string, op Operation, processes int) (Target, error) {
	request, err := op.Prepared(ctx, f.provider, func(ctx context.Context) (Answer, error) {
		login, err := f.Start(ctx, binaries, Operation{Function: "login", Request: loginRequest}, 1)
		if err != nil {
			return Answer{}, err
		}
		defer login.Close()
		return login.Do(ctx, 0)
	})
	if err != nil {
		return nil, err
	}
	return f.start(ctx, filepath.Join(binaries, op.Function), request, nil, processes)
}

// StartFloor starts processes of the floor, which send the calls of an operation.
func (f *Functions) StartFloor(ctx context.Context, binary string, op Operation, calls string, processes int) (Target, error) {
	return f.start(ctx, binary, op.Request, map[string]string{"FLOOR_CALLS": calls}, processes)
}

func (f *Functions) start(ctx context.Context, binary string, r Request, own map[string]string, processes int) (Target, error) {
	event, err := lambda.Event(r.Method, r.Target, r.Header, r.Body)
	if err != nil {
		return nil, fmt.Errorf("make an event: %w", err)
	}
	env := f.vault.Env()
	maps.Copy(env, map[string]string{"REDIRECT_URIS": RedirectURI, "METRICS_SERVICE": "usher", "SSL_CERT_FILE": f.provider.CAFile})
	maps.Copy(env, own)
	started := &function{event: event}
	for range processes {
		p, err := f.runtime.Start(ctx, binary, env)
		if err == nil {
			started.processes = append(started.processes, p)
			err = p.Ready(ctx)
		}
		if err != nil {
			started.Close()
			return nil, err
		}
	}
	return started, nil
}

func (f *function) Do(ctx context.Context, worker int) (Answer, error) {
	p := f.processes[worker]
	body, err := p.Invoke(ctx, f.event, timeout)
	if err != nil {
		return Answer{}, errors.Join(err, errors.New(p.Log()))
	}
	response, err := lambda.Answer(body)
	if err != nil {
		return Answer{}, fmt.Errorf("read the function's answer: %w", err)
	}
	header := http.Header{}
	for name, values := range response.MultiValueHeaders {
		header[name] = values
	}
	return Answer{Status: response.StatusCode, Header: header, Body: response.Body}, nil
}

func (f *function) Close() {
	for _, p := range f.processes {
		p.Stop()
	}
}

// PIDs returns the IDs of a function's processes; none for another target.
func PIDs(t Target) (ids []int) {
	if f, ok := t.(*function); ok {
		for _, p := range f.processes {
			ids = append(ids, p.PID())
		}
	}
	return ids
}
