package samconfig

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const saved = "testdata/samconfig.usher.toml"

// SAM writes the file (test/template/test_answers.py).
func TestReadsWhatSAMSaves(t *testing.T) {
	got, err := Read(saved, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Answers{Region: "eu-west-1", Stack: "usher", Parameters: map[string]string{
		"VpcId": "vpc-0123456789abcdef0", "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "FrontendCidr": "10.0.0.0/16",
		"EndpointPrivateDns": "true", "FrontendPrincipals": "", "SecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/usher-a1B2c3",
		"Scopes": "openid profile", "SignInProvisionedConcurrency": "2",
		"FrontendLimits": `{"front_ends": [{"name": "shop", "client_id": "shop", "connections": ["staff"]}]}`,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := got.List("SubnetIds"); !slices.Equal(got, []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}) {
		t.Errorf("the subnets are %q", got)
	}
}

func TestArgumentsReplaceSavedAnswers(t *testing.T) {
	got, err := Read(saved, []string{"VpcId=vpc-1", "SubnetIds="})
	if err != nil || got.Get("VpcId") != "vpc-1" || len(got.List("SubnetIds")) > 0 || got.Get("EndpointPrivateDns") != "true" {
		t.Errorf("%+v, %v", got, err)
	}
}

// A parameter without an answer has the template's default.
func TestDefaults(t *testing.T) {
	text, err := os.ReadFile("../../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Parameters map[string]struct {
			Default string `yaml:"Default"`
		} `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	none, err := Read("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if p, ok := template.Parameters[name]; !ok || p.Default != none.Get(name) {
			t.Errorf("%s: the template has %q, %t", name, p.Default, ok)
		}
	}
}

func TestRefuses(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "samconfig.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const section = "[default.deploy.parameters]\nparameter_overrides = "
	tests := map[string]struct {
		file      string
		arguments []string
		says      string
	}{
		"no file":                   {filepath.Join(t.TempDir(), "none"), nil, "no such file"},
		"a list":                    {file(section + `["VpcId=vpc-1"]`), nil, "name the parameters as arguments"},
		"text in single quotes":     {file(section + `'VpcId="vpc-1"'`), nil, "name the parameters as arguments"},
		"text that is no parameter": {file(section + `"VpcId"`), nil, "name the parameters as arguments"},
		"an open quotation":         {file(section + `"VpcId=\"vpc-1"`), nil, "name the parameters as arguments"},
		"an unknown parameter":      {"", []string{"VPCId=vpc-1"}, `unexpected argument "VPCId=vpc-1": the doctor reads these parameters: EndpointPrivateDns, `},
		"no value":                  {"", []string{"VpcId"}, `unexpected argument "VpcId"`},
	}
	for name, tt := range tests {
		if got, err := Read(tt.file, tt.arguments); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestIgnoresOtherSections(t *testing.T) {
	got, err := parse("[default.build.parameters]\nregion = 1\n[default.deploy.parameters]\n# stack_name = 1\nconfirm_changeset = true\nparameter_overrides = \"VpcId=vpc-1 SubnetIds=\\\"\\\"\"\n")
	if want := (Answers{Parameters: map[string]string{"VpcId": "vpc-1", "SubnetIds": ""}}); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%+v, %v", got, err)
	}
}
