//go:build chromium

package chromium

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// violations runs axe-core with all of its rules, and returns what it finds; "" for nothing.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target + " " + n.failureSummary)).join("\n"))`

// axe is the program axe-core, which scripts/setup.sh installs. Tests load it into many pages.
var axe = sync.OnceValues(func() (string, error) {
	module, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "tools/axe/node_modules/axe-core/axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("run `make setup`: %w", err)
	}
	return string(text), nil
})

// LoadAxe loads axe-core into the current page.
func (b *Browser) LoadAxe() {
	b.Helper()
	program, err := axe()
	if err != nil {
		b.Fatal(err)
	}
	_ = Run(b, chromedp.Evaluate[bool](program+"; true"))
}

// Violations returns what axe-core finds in the current page, after LoadAxe; "" for nothing.
func (b *Browser) Violations() string {
	b.Helper()
	return Run(b, chromedp.Evaluate[string](violations, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
}
