//go:build readme && chromium

package readme

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"usher/test/testkit"
)

// What docs/limits.md says under "Trying it out": its document, in the server that its
// lines start, and its calls.
func TestLimits(t *testing.T) {
	const page, begin = "../../docs/limits.md", "go run ./cmd/local "
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Trying it out\n")
	block := func(kind string) string {
		found := regexp.MustCompile("(?s)```" + kind + "\n(.*?)\n```").FindStringSubmatch(section)
		if found == nil {
			t.Fatalf("the section has no %s", kind)
		}
		return found[1]
	}
	export, command, _ := strings.Cut(block("sh"), "\n")
	if !strings.HasPrefix(command, begin) || !strings.Contains(command, "limits.json") {
		t.Fatalf("it starts %q", command)
	}
	// The addresses are those of port 3000, which others may have.
	addr := testkit.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	file := filepath.Join(t.TempDir(), "limits.json")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(block("json"), ":3000", ":"+port)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := strings.Fields(strings.Replace(strings.TrimPrefix(command, begin), "limits.json", file, 1))
	tenant := startAt(t, addr, args, strings.Fields(strings.TrimPrefix(export, "export "))...)
	s := startShell(t, addr, tenant, export)
	lines := examplesOf(t, page)
	for _, e := range lines {
		printed := s.run(t, e.command)
		if missing := shows(printed, e.shown); missing != "" {
			t.Errorf("$ %s\nprinted\n%s\nbut the page shows\n%s", e.command, printed, missing)
		}
	}
	if len(lines) < 4 {
		t.Errorf("found only %d command lines", len(lines))
	}
}
