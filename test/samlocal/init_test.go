//go:build samlocal

package samlocal

import (
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestStartingDoesNoIO runs each binary outside of Lambda, where it goes through
// all package initialisation and main, up to asking Lambda for work, and has
// strace tell what it asked of the system: every cold start pays for that.
func TestStartingDoesNoIO(t *testing.T) {
	t.Parallel()
	binaries, err := filepath.Glob(filepath.Join(built, "*", "bootstrap"))
	if err != nil || len(binaries) == 0 {
		t.Fatalf("no functions in %s: %v", built, err)
	}
	call := regexp.MustCompile(`(?m)^(?:\[pid +\d+\] )?(\w+)\(.*$`)
	// Go's runtime looks at the processors and memory that it may use; HOME is
	// not set here, so the AWS SDK asks for the home directory, and time for the
	// time zone. internal/boot/roots looks whether there is a second copy of the certificate authorities.
	harmless := regexp.MustCompile(`^(?:\[pid +\d+\] )?(execve\(|newfstatat\(AT_FDCWD, "/etc/pki/tls/certs/ca-bundle.crt"|open(at)?\(.*"(/proc/self/|/sys/|/etc/passwd"|/etc/localtime"))`)
	for _, binary := range binaries {
		t.Run(filepath.Base(filepath.Dir(binary)), func(t *testing.T) {
			c := exec.CommandContext(t.Context(), "strace", "-f", "-qq", "-e", "trace=%network,%file", binary)
			c.Env = []string{}
			out, err := c.CombinedOutput()
			if _, ok := errors.AsType[*exec.ExitError](err); !ok {
				t.Fatalf("not as outside of Lambda: %v\n%s", err, out)
			}
			calls := call.FindAllString(string(out), -1)
			if len(calls) == 0 {
				t.Fatalf("strace saw nothing:\n%s", out)
			}
			for _, line := range calls {
				if !harmless.MatchString(line) {
					t.Error(line)
				}
			}
		})
	}
}
