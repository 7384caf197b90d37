package lambda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"usher/test/testkit"
)

// Process is one execution environment of a function. It serves one event at a time.
type Process struct {
	runtime *Runtime
	name    string
	box     *mailbox
	command *exec.Cmd
	log     *testkit.Buffer
	ended   chan struct{}
	mu      sync.Mutex // held during an invocation
	served  int
}

// Start starts a process of a binary. It has only these environment variables and those that
// Lambda sets. It ends with ctx.
func (rt *Runtime) Start(ctx context.Context, binary string, env map[string]string) (*Process, error) {
	p := &Process{runtime: rt, ended: make(chan struct{}), log: &testkit.Buffer{}}
	p.name, p.box = rt.register()
	all := map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          rt.addr + "/" + p.name,
		"AWS_LAMBDA_FUNCTION_NAME":        "usher",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
	}
	maps.Copy(all, env)
	p.command = exec.CommandContext(ctx, binary)
	p.command.Env = []string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p.command.Env = append(p.command.Env, name+"="+all[name])
	}
	p.command.Stdout, p.command.Stderr = p.log, p.log
	if err := p.command.Start(); err != nil {
		rt.forget(p.name)
		return nil, fmt.Errorf("start a function: %w", err)
	}
	go func() { defer close(p.ended); _ = p.command.Wait() }()
	return p, nil
}

// Ready waits until the process asks for its first event: until its initialisation ended.
func (p *Process) Ready(ctx context.Context) error {
	select {
	case <-p.box.asked:
		return nil
	case <-p.ended:
		return fmt.Errorf("the process ended: %s", p.log)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Invoke sends an event and returns the answer. The function has to answer within timeout, which
// it is told; Invoke itself waits until ctx ends, so a frozen process can be continued.
func (p *Process) Invoke(ctx context.Context, body []byte, timeout time.Duration) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.served++
	id := p.name + "-" + strconv.Itoa(p.served)
	select {
	case p.box.events <- event{id: id, body: body, deadline: time.Now().Add(timeout)}:
	case <-p.ended:
		return nil, fmt.Errorf("the process ended: %s", p.log)
	case <-ctx.Done():
		return nil, errors.Join(ErrTimeout, ctx.Err())
	}
	for {
		select {
		case a := <-p.box.answers:
			if a.id != id {
				continue // of an invocation that was given up
			}
			return a.body, a.err
		case <-p.ended:
			return nil, fmt.Errorf("the process ended: %s", p.log)
		case <-ctx.Done():
			return nil, errors.Join(ErrTimeout, ctx.Err())
		}
	}
}

// Log returns the output of the process.
func (p *Process) Log() string { return p.log.String() }

// PID returns the ID of the process.
func (p *Process) PID() int { return p.command.Process.Pid }

// Freeze stops the process, as Lambda does between events. Linux stops the threads of a process some time after
// the signal, when it runs one of them; Freeze waits for that.
func (p *Process) Freeze() error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for !p.isStopped() {
		select {
		case <-p.ended:
			return fmt.Errorf("the process ended: %s", p.log)
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// isStopped reports whether all threads are stopped, by the third field of /proc/PID/task/TID/stat (proc(5)).
// A system without /proc has no threads to wait for.
func (p *Process) isStopped() bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.PID())) // the pattern is not malformed
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		state := bytes.TrimSpace(text[bytes.LastIndexByte(text, ')')+1:])
		if !bytes.HasPrefix(state, []byte("T")) {
			return false
		}
	}
	return true
}

// Thaw continues a frozen process.
func (p *Process) Thaw() error { return p.signal(syscall.SIGCONT) }

func (p *Process) signal(s os.Signal) error {
	if err := p.command.Process.Signal(s); err != nil {
		return fmt.Errorf("signal the process: %w", err)
	}
	return nil
}

// Stop ends the process at once.
func (p *Process) Stop() {
	_ = p.command.Process.Kill()
	<-p.ended
	p.runtime.forget(p.name)
}
