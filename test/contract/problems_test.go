package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

// entry is how docs/problems.md tells of a code: its heading, its status, what
// it means, and what to do.
var entry = regexp.MustCompile("(?m)^### ([a-z-]+)\n\n(\\d{3}|any)\\. [^#]+? \\*Cure:\\*[^#]+\\.$")

// docs/problems.md lists every code once, with its status.
func TestEveryProblemIsExplained(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "problems.md"))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, found := range entry.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r", ""), -1) {
		told = append(told, found[2]+" "+found[1])
	}
	if headings := strings.Count(string(text), "\n### "); headings != len(told) {
		t.Errorf("%d headings, of which %d have a status, a meaning and a cure", headings, len(told))
	}
	var want []string
	for _, kind := range problem.All() {
		status := fmt.Sprint(kind.Status)
		if takesAnyStatus(kind.Code) {
			status = "any"
		}
		want = append(want, status+" "+kind.Code)
	}
	for _, code := range declaredCodes(Load(t).gateway) {
		if _, name, _ := strings.Cut(code, " "); isGatewayOnly(name) {
			want = append(want, code)
		}
	}
	slices.Sort(told)
	slices.Sort(want)
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the codes (-) and docs/problems.md (+):\n%s", diff)
	}
}
