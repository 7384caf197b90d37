//go:build chromium

package chromium

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// violations runs axe-core with all of its rules, and returns what it finds; "" for nothing.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target + " " + n.failureSummary)).join("\n"))`

// LoadAxe loads axe-core, which scripts/setup.sh installs, into the current page.
func (b *Browser) LoadAxe() {
	b.Helper()
	out, err := exec.CommandContext(b.Context, "go", "env", "GOMOD").Output()
	if err != nil {
		b.Fatal(err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	axe, err := os.ReadFile(filepath.Join(root, "tools/axe/node_modules/axe-core/axe.min.js"))
	if err != nil {
		b.Fatalf("run `make setup`: %v", err)
	}
	_ = Run(b, chromedp.Evaluate[bool](string(axe)+"; true"))
}

// Violations returns what axe-core finds in the current page, after LoadAxe; "" for nothing.
func (b *Browser) Violations() string {
	b.Helper()
	return Run(b, chromedp.Evaluate[string](violations, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
}
