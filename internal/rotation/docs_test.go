package rotation

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// lambda is a fake AWS CLI. Like the real one, it exits with 0 even if the function fails.
const lambda = `#!/bin/sh
case "$*" in *describe-secret*) exit ;; esac
for arg; do case "$arg" in *\"Step\"*) step=$(echo "$arg" | sed 's/.*"Step":"\([^"]*\)".*/\1/') ;; esac; last=$arg; done
echo "$step" >> called
case $step in
"$FAILS") echo '{"errorMessage":"it may not"}' > "$last"; echo Unhandled ;;
*) echo null > "$last"; echo None ;;
esac
`

// The documented loop sends no step after a failed one.
func TestDocumentedLoopStops(t *testing.T) {
	text, err := os.ReadFile("../../docs/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	loop := regexp.MustCompile("(?s)```sh\n([^`]*for step in.*?)```").FindStringSubmatch(string(text))
	if loop == nil {
		t.Fatal("docs/keys.md has no loop")
	}
	for fails, want := range map[string]string{
		"":             "createSecret setSecret testSecret finishSecret",
		"createSecret": "createSecret",
		"setSecret":    "createSecret setSecret",
		"testSecret":   "createSecret setSecret testSecret",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(lambda), 0o700); err != nil {
			t.Fatal(err)
		}
		shell := exec.CommandContext(t.Context(), "bash", "-c", loop[1])
		shell.Dir, shell.Env = dir, []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "FAILS=" + fails}
		out, err := shell.CombinedOutput()
		called, readErr := os.ReadFile(filepath.Join(dir, "called"))
		if err != nil || readErr != nil || strings.Join(strings.Fields(string(called)), " ") != want || strings.Contains(string(out), "it may not") != (fails != "") {
			t.Errorf("if %q fails: %v, %v: sent %s; output %s", fails, err, readErr, called, out)
		}
	}
}
