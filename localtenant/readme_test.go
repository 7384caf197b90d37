//go:build readme

package localtenant_test

import (
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// TestDocumentedCommands runs the documentation's commands as they are printed,
// but for the port.
func TestDocumentedCommands(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 8 {
		t.Fatalf("%d blocks of commands", len(blocks))
	}
	flags := regexp.MustCompile("(?m)^go run ./cmd/localtenant -machine '(.*)' -logout (.*)$").FindStringSubmatch(string(text))
	if flags == nil {
		t.Fatal("no command that starts it with a machine client and a logout URL")
	}
	machine, err := localtenant.ParseMachine(flags[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		s := tenanttest.Start(t, func(o *localtenant.Options) {
			o.Machines, o.LogoutURLs = []localtenant.Machine{machine}, []string{flags[2]}
		})
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", strings.ReplaceAll(block[1], "127.0.0.1:3001", u.Host))
		cmd.Dir = ".." // where the reader is
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, block[1], out)
		}
	}
}
