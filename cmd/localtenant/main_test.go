package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestCheckAddr(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:0": true, "[::1]:0": true, "localhost:0": true, "172.17.0.1:3001": true, "127.9.9.9:1": true,
		"0.0.0.0:3001": false, ":3001": false, "192.168.1.5:3001": false, "172.17.0.2:3001": false, "example.com:1": false, "3001": false,
	} {
		_, err := parse([]string{"-addr", addr}, io.Discard)
		if (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := parse([]string{"-addr", "0.0.0.0:3001", "-allow-remote"}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	c, err := parse([]string{"-callback", "http://a/cb", "-callback", "http://b/cb"}, io.Discard)
	if err != nil || len(c.callbacks) != 2 || c.addr != "127.0.0.1:3001" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := parse([]string{"extra"}, io.Discard); err == nil {
		t.Error("an argument was taken")
	}
	if _, err := parse([]string{"-h"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = run(context.Background(), []string{"-addr", l.Addr().String()}, io.Discard, io.Discard)
	if err == nil || err.Error() != l.Addr().String()+" is in use already" {
		t.Errorf("error %v", err)
	}
}

func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"-addr", "127.0.0.1:0"}, w, io.Discard) }()
	var text bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "oauth/token") {
		n, err := r.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(buf[:n])
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(text.String())
	resp, err := http.Get(base + "/.well-known/openid-configuration")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v %v", resp, err)
	}
	resp.Body.Close()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it does not end")
	}
}
