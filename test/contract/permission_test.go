package contract

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"usher/internal/permission"
)

// The contract names the permission group that each operation declares.
func TestEveryOperationHasItsPermission(t *testing.T) {
	promised, declared := map[string]string{}, map[string]string{}
	for _, op := range Load(t).Operations() {
		promised[op.Method+" "+op.Path] = op.Permission
	}
	for _, group := range permission.All() {
		for _, route := range group.Routes {
			declared[route] = strings.TrimPrefix(declared[route]+" "+string(group.Name), " ")
		}
	}
	if diff := cmp.Diff(promised, declared); diff != "" {
		t.Errorf("x-permission (-) and the declarations (+):\n%s", diff)
	}
}

// policy is an IAM policy of the template.
type policy struct {
	Type       string `yaml:"Type"`
	Properties struct {
		Description    string `yaml:"Description"`
		PolicyDocument struct {
			Statement []struct {
				Effect   string   `yaml:"Effect"`
				Action   string   `yaml:"Action"`
				Resource []string `yaml:"Resource"`
			} `yaml:"Statement"`
		} `yaml:"PolicyDocument"`
	} `yaml:"Properties"`
}

// The template has a policy for each group, which allows its resources and
// nothing else.
func TestPoliciesAgree(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Resources map[string]yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for name, node := range read.Resources {
		var kind struct {
			Type string `yaml:"Type"`
		}
		if err := node.Decode(&kind); err != nil || kind.Type != "AWS::IAM::ManagedPolicy" {
			continue
		}
		var p policy
		if err := node.Decode(&p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, statement := range p.Properties.PolicyDocument.Statement {
			if statement.Effect != "Allow" || statement.Action != "execute-api:Invoke" {
				t.Errorf("%s: %s %s", name, statement.Effect, statement.Action)
			}
			got[name] = append(got[name], statement.Resource...)
		}
	}
	want := map[string][]string{}
	for _, group := range permission.All() {
		for _, resource := range group.Resources() {
			want[string(group.Name)] = append(want[string(group.Name)], "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}/"+resource)
		}
	}
	for name := range want { // their order means nothing
		slices.Sort(want[name])
		slices.Sort(got[name])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table (-) and template.yaml (+):\n%s", diff)
	}
}

// docs/bearer.md has a row for each scope, with an explanation, and no other scopes.
func TestScopesAreInTheDocs(t *testing.T) {
	var want, got []string
	for _, group := range permission.All() {
		want = append(want, group.Scope)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(usher:[a-z-]+)` \\| [^|]+ \\|$").FindAllStringSubmatch(readFile(t, "docs/bearer.md"), -1) {
		got = append(got, row[1])
	}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("the table (-) and docs/bearer.md (+):\n%s", diff)
	}
}
