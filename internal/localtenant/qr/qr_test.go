package qr_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"usher/internal/localtenant/qr"
)

func matrix(c *qr.Code) string {
	var b strings.Builder
	for y := range c.Size() {
		for x := range c.Size() {
			if c.Dark(x, y) {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The digests are of what another encoder (python-qrcode, mask 0, level L) draws.
func TestEncode(t *testing.T) {
	for n, want := range map[int]struct {
		size   int
		digest string
	}{
		1: {21, "a207f6ff10e9a82d"}, 17: {21, "a37e0f3eb19de5d8"}, 18: {25, "d2531e3e92424409"}, 134: {41, "d00affa9f29e93c1"},
		200: {53, "60421445bed1d853"}, 300: {61, "456e123b068b1160"}, 500: {77, "db8184492e75e2a7"}, 858: {97, "fc87b3c5ce970ea0"},
	} {
		text := strings.Repeat("otpauth://x?", 80)[:n]
		c, err := qr.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%x", sha256.Sum256([]byte(matrix(c))))[:16]
		if c.Size() != want.size || got != want.digest {
			t.Errorf("%d bytes: size %d, digest %s", n, c.Size(), got)
		}
	}
	if _, err := qr.Encode(strings.Repeat("x", 859)); err == nil {
		t.Error("859 bytes were taken")
	}
	c, _ := qr.Encode("x")
	if p := c.Path(4); !strings.HasPrefix(p, "M4 4h1v1h-1z") {
		t.Errorf("path %.40s", p)
	}
}
