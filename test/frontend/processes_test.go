//go:build chromium

// Package frontend drives the example front-end with a real browser, as it would
// be run: two processes, the front-end over https and the local server with
// -auth iam, and between them calls signed with AWS Signature Version 4.
package frontend

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"usher/test/testkit"
)

const secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// startProcess builds a command of this module and runs it until the test ends;
// its environment has the key pair.
func startProcess(t *testing.T, pkg, ready string, args ...string) *testkit.Buffer {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "command")
	if out, err := exec.Command("go", "build", "-o", binary, pkg).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	out := &testkit.Buffer{}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_SESSION_TOKEN=IQoJ+/=",
		"AWS_REGION=eu-central-1", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := cmd.Wait(); err != nil && !cmd.ProcessState.Success() {
			t.Errorf("%s ended with %v:\n%s", pkg, err, out)
		}
		if strings.Contains(out.String(), secretKey) {
			t.Errorf("the key is in what %s printed", pkg)
		}
	})
	out.WaitFor(t, ready)
	return out
}

// site is a front-end that runs.
type site struct {
	url   string
	usher *testkit.Buffer // what the service logged
}

func startSite(t *testing.T) site {
	t.Helper()
	front, usher := testkit.FreeAddr(t), testkit.FreeAddr(t)
	url := "https://" + front
	s := site{url: url, usher: startProcess(t, "usher/cmd/local", "Ctrl-C ends it.",
		"-addr", usher, "-tenant-addr", testkit.FreeAddr(t), "-auth", "iam", "-frontend", url, "-deadline", testkit.Patience.String())}
	startProcess(t, "usher/examples/frontend", "Ctrl-C ends it.", "-addr", front, "-usher", "http://"+usher, "-sign", "-timeout", testkit.Patience.String())
	return s
}
