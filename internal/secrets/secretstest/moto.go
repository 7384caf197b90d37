package secretstest

import (
	"bytes"
	"cmp"
	"context"
	"net"
	"os/exec"
	"testing"
	"time"
)

// StartMoto starts a moto server, which plays all of AWS, points the environment
// at it, and returns its URL. The executable is moto_server of the PATH, if "".
func StartMoto(t *testing.T, executable string) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	host, port, _ := net.SplitHostPort(addr)

	var out bytes.Buffer
	server := exec.CommandContext(context.WithoutCancel(t.Context()), cmp.Or(executable, "moto_server"), "-H", host, "-p", port)
	server.Stdout, server.Stderr = &out, &out
	if err := server.Start(); err != nil {
		t.Fatalf("start moto, which MOTO_SERVER or PATH has to name: %v", err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Wait() }()
	t.Cleanup(func() { _ = server.Process.Kill(); <-ended })
	awaitListener(t, addr, ended, &out)
	pointTo(t, "http://"+addr)
	return "http://" + addr
}

func awaitListener(t *testing.T, addr string, ended <-chan struct{}, out *bytes.Buffer) {
	t.Helper()
	var dialer net.Dialer
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("moto ended: %s", out)
		default:
		}
		if conn, err := dialer.DialContext(t.Context(), "tcp", addr); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatal("moto does not listen")
}

// pointTo has the AWS SDK find its services at a URL, with made-up credentials
// and nothing of this machine's own.
func pointTo(t *testing.T, url string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
		"AWS_ENDPOINT_URL_EC2":             url,
		"AWS_REGION":                       "eu-central-1",
		"AWS_ACCESS_KEY_ID":                "test",
		"AWS_SECRET_ACCESS_KEY":            "test",
		"AWS_SESSION_TOKEN":                "",
		"AWS_CONFIG_FILE":                  "/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE":      "/dev/null",
	} {
		t.Setenv(name, value)
	}
}
