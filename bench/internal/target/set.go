package target

import (
	"context"
	"encoding/json"
	"fmt"

	"usher/bench/internal/provider"
)

// Binaries says where the built functions are.
type Binaries struct {
	New   string // the folder of the functions
	Old   string // the folder of the functions of the commit to compare with; "" for none
	Floor string // the floor's binary
}

// Set is all targets of one operation, by name.
type Set struct {
	Operation Operation
	Targets   map[string]Target
	Calls     []provider.Call // the operation's provider calls
}

// NewSet starts all targets of an operation, functions with a number of processes. It takes the
// provider calls from the function, after one call that gets secret, token and keys.
func NewSet(ctx context.Context, f *Functions, b Binaries, op Operation, processes int) (*Set, error) {
	s := &Set{Operation: op, Targets: map[string]Target{}}
	if err := s.start(ctx, f, b, processes); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", op.Name, err)
	}
	return s, nil
}

func (s *Set) start(ctx context.Context, f *Functions, b Binaries, processes int) error {
	add := func(name string, t Target, err error) error {
		if err == nil {
			s.Targets[name] = t
		}
		return err
	}
	t, err := f.Start(ctx, b.New, s.Operation, processes)
	if err := add(Function, t, err); err != nil {
		return err
	}
	once := func(ctx context.Context) error { return s.Once(ctx, Function, 0) }
	if err := once(ctx); err != nil {
		return err
	}
	if s.Calls, err = f.provider.Recorded(ctx, once); err != nil {
		return err
	}
	s.Targets[Bare] = NewBare(s.Calls)
	calls, err := json.Marshal(s.Calls)
	if err != nil {
		return err
	}
	t, err = f.StartFloor(ctx, b.Floor, s.Operation, string(calls), processes)
	if err := add(Floor, t, err); err != nil {
		return err
	}
	if b.Old != "" {
		t, err = f.Start(ctx, b.Old, s.Operation, processes)
		if err := add(Old, t, err); err != nil {
			return err
		}
	}
	t, err = NewLocal(ctx, f.provider, s.Operation)
	return add(Local, t, err)
}

// Once sends the request once, and checks the response's status.
func (s *Set) Once(ctx context.Context, name string, worker int) error {
	answer, err := s.Targets[name].Do(ctx, worker)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", s.Operation.Name, name, err)
	}
	if want := s.status(name); answer.Status != want {
		return fmt.Errorf("%s, %s: status %d, want %d: %s", s.Operation.Name, name, answer.Status, want, answer.Body)
	}
	return nil
}

// status returns the status of a target's response: the operation's, or that of its last call.
func (s *Set) status(name string) int {
	switch {
	case name != Bare && name != Floor:
		return s.Operation.Status
	case s.Operation.Status == 302: // makes no call
		return 200
	}
	return s.Operation.Status
}

// Close ends all targets.
func (s *Set) Close() {
	for _, t := range s.Targets {
		t.Close()
	}
}
