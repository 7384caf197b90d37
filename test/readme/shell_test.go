//go:build readme && chromium

package readme

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// shell is one bash for all lines of a page, so that what one line keeps in a
// variable is there for the next.
type shell struct {
	in   io.WriteCloser
	out  *bufio.Reader
	addr string

	tenantPort string
}

// startShell runs the prelude first, and fails where it prints anything.
func startShell(t *testing.T, addr, tenantAddr, prelude string) *shell {
	t.Helper()
	cmd := exec.Command("bash")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("bash ended with %v", err)
		}
	})
	_, tenantPort, _ := net.SplitHostPort(tenantAddr)
	s := &shell{in: in, out: bufio.NewReader(out), addr: addr, tenantPort: tenantPort}
	if printed := s.run(t, prelude); printed != "" {
		t.Fatalf("the prelude printed %s", printed)
	}
	return s
}

// run runs a line and returns what it printed; it fails where the line does.
func (s *shell) run(t *testing.T, command string) string {
	t.Helper()
	const end = "-- the line has ended with status "
	_, port, _ := net.SplitHostPort(s.addr)
	command = strings.NewReplacer(":3000", ":"+port, ":3001", ":"+s.tenantPort).Replace(command)
	if _, err := fmt.Fprintf(s.in, "%s\nprintf '\\n%s%%s\\n' $?\n", command, end); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			t.Fatalf("$ %s\nbash ended: %v\n%s", command, err, printed.String())
		}
		if status, found := strings.CutPrefix(line, end); found {
			if status != "0\n" {
				t.Fatalf("$ %s\nended with %s%s", command, status, printed.String())
			}
			text := strings.TrimSuffix(strings.ReplaceAll(printed.String(), "\r", ""), "\n")
			return strings.ReplaceAll(text, ":"+port, ":3000")
		}
		printed.WriteString(line)
	}
}
