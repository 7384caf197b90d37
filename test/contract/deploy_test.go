package contract

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// parameterRow is how docs/deploy.md tells of a parameter: its name, its default,
// and what it is for.
var parameterRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (needed|none|`[^`]+`) \\| [^|]{10,} \\|$")

// The documentation has a row for every parameter, and no others.
func TestEveryParameterIsInTheDocs(t *testing.T) {
	var template struct {
		Parameters map[string]struct {
			Default *string `yaml:"Default"`
		} `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal([]byte(readFile(t, "template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for name, parameter := range template.Parameters {
		switch {
		case parameter.Default == nil:
			want[name] = "needed"
		case *parameter.Default == "":
			want[name] = "none"
		default:
			want[name] = "`" + *parameter.Default + "`"
		}
	}
	for _, found := range parameterRow.FindAllStringSubmatch(readFile(t, "docs/deploy.md"), -1) {
		got[found[1]] = found[2]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("template.yaml (-) and the table of docs/deploy.md (+):\n%s", diff)
	}
}
