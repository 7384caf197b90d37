//go:build readme && chromium

package readme

import (
	"net"
	"strings"
	"testing"
)

// The lines of docs/bearer.md, one after the other in one shell.
func TestBearer(t *testing.T) {
	addr, tenant := startWith(t, []string{"-auth", "bearer"})
	_, port, _ := net.SplitHostPort(addr)
	s := startShell(t, addr, tenant, "true")
	lines := examplesOf(t, "../../docs/bearer.md")
	for _, e := range lines {
		printed := strings.ReplaceAll(s.run(t, e.command), "\r", "")
		printed = strings.ReplaceAll(printed, ":"+port, ":3000")
		if missing := shows(printed, e.shown); missing != "" {
			t.Errorf("$ %s\nprinted\n%s\nbut the page shows\n%s", e.command, printed, missing)
		}
	}
	if len(lines) < 5 {
		t.Errorf("found only %d command lines", len(lines))
	}
}
