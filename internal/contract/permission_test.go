package contract

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"usher/internal/permission"
)

// Every route is in one group of the table, and the contract says in which.
func TestEveryOperationHasItsPermission(t *testing.T) {
	var routes, known []string
	for _, op := range Load(t).Operations() {
		route := op.Method + " " + op.Path
		routes = append(routes, route)
		if group, ok := permission.Of(route); !ok || op.Permission != group.Name {
			t.Errorf("%s: x-permission is %q, and the table says %q", route, op.Permission, group.Name)
		}
	}
	for _, group := range permission.All() {
		known = append(known, group.Routes...)
	}
	slices.Sort(routes)
	slices.Sort(known)
	if diff := cmp.Diff(routes, known); diff != "" {
		t.Errorf("routes (-) and the table (+):\n%s", diff)
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
// nothing else; the README tells what each is for.
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
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range permission.All() {
		for _, resource := range group.Resources() {
			want[group.Name] = append(want[group.Name], "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}/"+resource)
		}
		if row := "| `" + group.Name + "` | " + group.About + " |\n"; strings.Count(string(readme), row) != 1 {
			t.Errorf("the README lacks %s", row)
		}
	}
	tokens, err := os.ReadFile(filepath.Join(root(t), "docs", "bearer.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range permission.All() {
		if row := "| `" + group.Scope + "` | " + group.About + " |\n"; strings.Count(string(tokens), row) != 1 {
			t.Errorf("docs/bearer.md lacks %s", row)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table (-) and template.yaml (+):\n%s", diff)
	}
}
