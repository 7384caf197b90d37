package contract

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// row is how the README tells of a function: its name, the file of its
// handler, its routes, and what it does.
var row = regexp.MustCompile("(?m)^\\| \\[([a-z]+)\\]\\((internal/[a-z_/]+\\.go)\\) \\| (`[^|]+`) \\| [^|]{5,} \\|$")

// The README has a line for each function, with its routes and a link to its
// handler.
func TestEveryFunctionIsInTheReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := routes{}
	for _, found := range row.FindAllStringSubmatch(string(text), -1) {
		for route := range strings.SplitSeq(strings.Trim(found[3], "`"), "`, `") {
			told[found[1]] = append(told[found[1]], route)
		}
		slices.Sort(told[found[1]])
		main, err := os.ReadFile(filepath.Join(root(t), "functions", found[1], "main.go"))
		if err != nil || !strings.Contains(string(main), found[2]) {
			t.Errorf("the handler of %s is not in %s: %v", found[1], found[2], err)
		}
	}
	if diff := cmp.Diff(served(t), told); diff != "" {
		t.Errorf("operations (-) and README.md (+):\n%s", diff)
	}
}
