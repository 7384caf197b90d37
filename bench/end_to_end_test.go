package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/bench/internal/target"
	"usher/test/testkit/lambda"
)

// Every operation once through all targets but the old functions. A test of the harness only: no
// time is compared.
func TestEveryOperationThroughEveryTarget(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "") // so that it is restored
	p, err := startProviderIn(filepath.Join("..", "internal", "auth0", "testdata"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	functions, err := target.NewFunctions(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(functions.Close)
	out := t.TempDir()
	binaries := target.Binaries{New: out, Floor: filepath.Join(out, "floor")}
	if err := lambda.Build(t.Context(), "..", out, append(functionPackages(), "./bench/floor")...); err != nil {
		t.Fatal(err)
	}
	for _, op := range target.Operations {
		t.Run(op.Name, func(t *testing.T) {
			set, err := target.NewSet(t.Context(), functions, binaries, op, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer set.Close()
			if want := providerCalls[op.Name]; len(set.Calls) != want {
				t.Errorf("%d provider calls, want %d", len(set.Calls), want)
			}
			answers := map[string]target.Answer{}
			for name, to := range set.Targets {
				before := p.Stats()
				answer, err := to.Do(t.Context(), 0)
				if err != nil {
					t.Fatal(err)
				}
				answers[name] = answer
				if got := p.Stats().Since(before); int(got.Calls) < len(set.Calls) {
					t.Errorf("%s: %d provider calls, want %d", name, got.Calls, len(set.Calls))
				}
			}
			same(t, answers, target.Function, target.Local)
			same(t, answers, target.Bare, target.Floor)
			if got := answers[target.Function].Status; got != op.Status {
				t.Errorf("status %d, want %d", got, op.Status)
			}
		})
	}
}

// providerCalls are those of the contract.
var providerCalls = map[string]int{
	"get": 1, "create": 1, "update": 1, "delete": 1, "list of 50": 1, "list of 100": 1,
	"delete by email": 3, "login": 0, "callback": 1, "metadata patch": 1,
}

// same compares two targets' answers, without the random parts of a sign-in and a cursor.
func same(t *testing.T, answers map[string]target.Answer, a, b string) {
	t.Helper()
	cut := func(body string) string {
		for _, random := range []string{`"next":`, `"location":`, `"id_token":`} {
			body, _, _ = strings.Cut(body, random)
		}
		return body
	}
	if answers[a].Status != answers[b].Status || cut(answers[a].Body) != cut(answers[b].Body) {
		t.Errorf("%s: %d %s\n%s: %d %s", a, answers[a].Status, answers[a].Body, b, answers[b].Status, answers[b].Body)
	}
}

func TestFloorIsSmall(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("floor", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(source), "\n"); lines > 80 {
		t.Errorf("the floor has %d lines, more than 80", lines)
	}
}
