//go:build readme

// Package readme runs the command lines of README.md, docs/local.md, docs/account.md, docs/bearer.md,
// docs/jobs.md and docs/limits.md as printed, against the service that `make run` starts, and holds what
// they print to what the pages show. It needs bash, curl, HTTPie and Chromium, and fails
// without.
package readme

import (
	"bufio"
	"context"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/test/testkit"
)

// example is a command line and what is shown below it.
type example struct {
	section, command string
	shown            []string
}

// examples are the console blocks of the README.
func examples(t *testing.T) []example {
	t.Helper()
	return examplesOf(t, "../../README.md")
}

func examplesOf(t *testing.T, page string) []example {
	t.Helper()
	file, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []example
	section, inside := "", false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside && strings.HasPrefix(line, "#"):
			section = strings.TrimLeft(line, "# ")
		case inside && strings.HasPrefix(line, "$ "):
			all = append(all, example{section: section, command: line[2:]})
		case inside:
			last := &all[len(all)-1]
			last.shown = append(last.shown, line)
		}
	}
	return all
}

// startLocal runs cmd/local on a free port, and ends it with the test.
func startLocal(t *testing.T, environment ...string) (addr string) {
	t.Helper()
	addr, _ = startWithTenant(t, environment...)
	return addr
}

// startWithTenant is startLocal for who needs the tenant, too.
func startWithTenant(t *testing.T, environment ...string) (addr, tenantAddr string) {
	t.Helper()
	return startWith(t, nil, environment...)
}

// startWith is startWithTenant with more on the command line.
func startWith(t *testing.T, args []string, environment ...string) (addr, tenantAddr string) {
	t.Helper()
	addr = testkit.FreeAddr(t)
	return addr, startAt(t, addr, args, environment...)
}

// startAt is startWith at an address that is known before.
func startAt(t *testing.T, addr string, args []string, environment ...string) (tenantAddr string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "local")
	if out, err := exec.Command("go", "build", "-o", binary, "usher/cmd/local").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tenantAddr = testkit.FreeAddr(t)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, append([]string{"-addr", addr, "-tenant-addr", tenantAddr, "-deadline", testkit.Patience.String()}, args...)...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var log testkit.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := cmd.Wait(); err != nil && !cmd.ProcessState.Success() {
			t.Errorf("local ended with %v:\n%s", err, log.String())
		}
	})
	for began := time.Now(); time.Since(began) < testkit.Patience; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return tenantAddr
		}
	}
	t.Fatalf("local does not listen:\n%s", log.String())
	return ""
}

// run runs the line in bash, with the port in place of the README's.
func run(t *testing.T, command, addr string) string {
	t.Helper()
	_, port, _ := net.SplitHostPort(addr)
	command = strings.ReplaceAll(command, ":3000", ":"+port)
	cmd := exec.Command("bash", "-c", command)
	cmd.Env = append(os.Environ(), "PATH="+httpie(t)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("$ %s\n%v\n%s", command, err, out)
	}
	return strings.ReplaceAll(string(out), "\r", "")
}

// httpie makes a folder with an `http` that takes no input from the test's own
// standard input, which HTTPie else does where that is no terminal.
func httpie(t *testing.T) string {
	t.Helper()
	path := os.Getenv("HTTPIE")
	if path == "" {
		var err error
		if path, err = exec.LookPath("http"); err != nil {
			t.Fatalf("HTTPie is missing: %v", err)
		}
	}
	dir := t.TempDir()
	script := "#!/bin/sh\nexec '" + path + "' --ignore-stdin --print=hb \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "http"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shows reports whether the lines shown are among those printed, in their
// order; "…" stands for anything.
func shows(printed string, shown []string) (missing string) {
	rest := strings.Split(printed, "\n")
	for _, line := range shown {
		pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + "$")
		found := false
		for len(rest) > 0 && !found {
			found = pattern.MatchString(rest[0])
			rest = rest[1:]
		}
		if !found {
			return line
		}
	}
	return ""
}

// at is a service that runs already, such as that of make sam-local.
var at = flag.String("addr", "", "run the curl lines against the service at this host:port")

const fromTheProofOfConcept = "Coming from the proof of concept"

func TestCurlLines(t *testing.T) {
	addr := *at
	if addr == "" {
		addr = startLocal(t)
	}
	_, port, _ := net.SplitHostPort(addr)
	ran := 0
	for _, e := range examples(t) {
		printed := strings.ReplaceAll(run(t, e.command, addr), ":"+port, ":3000")
		if missing := shows(printed, e.shown); missing != "" || len(e.shown) == 0 {
			t.Errorf("$ %s\nprinted\n%s\nbut the README shows\n%s", e.command, printed, missing)
		}
		ran++
	}
	if ran < 11 {
		t.Errorf("found only %d command lines in the README", ran)
	}
}

func TestProofOfConceptLines(t *testing.T) {
	addr := startLocal(t, "LOGIN_BINDING=none")
	var printed []string
	for _, e := range examplesOf(t, "../../docs/local.md") {
		if e.section == fromTheProofOfConcept {
			printed = append(printed, run(t, e.command, addr))
		}
	}
	want := []string{"200 OK", "201 Created", "204 No Content", "302 Found"}
	if len(printed) != len(want) {
		t.Fatalf("found %d command lines, want %d", len(printed), len(want))
	}
	for i, status := range want {
		if first, _, _ := strings.Cut(printed[i], "\n"); !strings.HasSuffix(strings.TrimSpace(first), status) {
			t.Errorf("line %d printed %s", i+1, printed[i])
		}
	}
	if strings.Contains(printed[3], "Set-Cookie") {
		t.Error("the sign-in is bound to a browser that the line does not have")
	}
}
