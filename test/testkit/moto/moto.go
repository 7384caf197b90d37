//go:build moto

// Package moto starts moto, which plays all of AWS, for tests.
package moto

import (
	"cmp"
	"context"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"usher/test/testkit"
)

// Start starts a moto server, points the AWS SDK at it, and returns its URL and a
// client of its Secrets Manager. MOTO_SERVER is the executable; without it,
// moto_server of the PATH is.
func Start(t *testing.T) (url string, client *secretsmanager.Client) {
	t.Helper()
	addr := testkit.FreeAddr(t)
	host, port, _ := net.SplitHostPort(addr)
	var out testkit.Buffer
	server := exec.CommandContext(context.WithoutCancel(t.Context()), cmp.Or(os.Getenv("MOTO_SERVER"), "moto_server"), "-H", host, "-p", port)
	server.Stdout, server.Stderr = &out, &out
	if err := server.Start(); err != nil {
		t.Fatalf("start moto, which MOTO_SERVER or PATH has to name: %v", err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Wait() }()
	t.Cleanup(func() { _ = server.Process.Kill(); <-ended })
	awaitListener(t, addr, ended, &out)
	testkit.PointAWSAt(t, "http://"+addr)
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + addr, secretsmanager.NewFromConfig(cfg)
}

func awaitListener(t *testing.T, addr string, ended <-chan struct{}, out *testkit.Buffer) {
	t.Helper()
	var dialer net.Dialer
	for deadline := time.Now().Add(testkit.Patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
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
