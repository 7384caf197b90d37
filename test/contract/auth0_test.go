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

// tenant is a file of deploy/auth0, as far as it matters here.
type tenant struct {
	Clients []struct {
		Name       string   `yaml:"name"`
		GrantTypes []string `yaml:"grant_types"`
		Conformant bool     `yaml:"oidc_conformant"`
		AuthMethod string   `yaml:"token_endpoint_auth_method"`
		JWT        struct {
			Algorithm string `yaml:"alg"`
		} `yaml:"jwt_configuration"`
	} `yaml:"clients"`
	ClientGrants []struct {
		Client   string    `yaml:"client_id"`
		Audience string    `yaml:"audience"`
		Scope    yaml.Node `yaml:"scope"`
	} `yaml:"clientGrants"`
	ResourceServers []struct {
		Access struct {
			User   struct{ Policy string } `yaml:"user"`
			Client struct{ Policy string } `yaml:"client"`
		} `yaml:"subject_type_authorization"`
		Scopes []struct {
			Value       string `yaml:"value"`
			Description string `yaml:"description"`
		} `yaml:"scopes"`
	} `yaml:"resourceServers"`
}

func readTenant(t *testing.T, file string) tenant {
	t.Helper()
	var read tenant
	if err := yaml.Unmarshal([]byte(readFile(t, "deploy/auth0/"+file)), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// needs is what the table asks of an application, and for which groups.
func needs(groups []permission.Group, counts func(scope string) bool) map[string]string {
	all := map[string][]string{}
	for _, group := range groups {
		for _, scope := range group.Needs {
			if counts(scope) {
				all[scope] = append(all[scope], string(group.Name))
			}
		}
	}
	found := map[string]string{}
	for scope, names := range all {
		found[scope] = "# " + strings.Join(names, ", ")
	}
	return found
}

// readers are the groups with a function that only reads, and is no part of a
// sign-in.
func readers() []permission.Group {
	return slices.DeleteFunc(permission.All(), func(g permission.Group) bool {
		return g.Name == "UsherSignIn" || !slices.ContainsFunc(g.Routes, func(r string) bool { return strings.HasPrefix(r, "GET ") })
	})
}

// The managing application is granted what the table asks for and nothing else;
// so is the one that reads. Beside each scope stands what it is for.
func TestTheTenantGrantsWhatTheTableNeeds(t *testing.T) {
	tests := map[string]struct {
		client string
		want   map[string]string
	}{
		"tenant.yaml":  {"Usher management", needs(permission.All(), func(string) bool { return true })},
		"reading.yaml": {"Usher reading", needs(readers(), func(scope string) bool { return strings.HasPrefix(scope, "read:") })},
	}
	for file, tt := range tests {
		t.Run(file, func(t *testing.T) {
			grants := readTenant(t, file).ClientGrants
			if len(grants) != 1 || grants[0].Client != tt.client || grants[0].Audience != "https://##TENANT##/api/v2/" {
				t.Fatalf("grants: %+v", grants)
			}
			got := map[string]string{}
			for _, scope := range grants[0].Scope.Content {
				got[scope.Value] = scope.LineComment
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the table (-) and %s (+):\n%s", file, diff)
			}
		})
	}
}

// An application can do what Usher has it do, and its ID tokens are signed by a
// key that only the provider has.
func TestTheTenantsApplications(t *testing.T) {
	grants := map[string][]string{
		"Usher sign-in":    {"authorization_code", "refresh_token"},
		"Usher management": {"client_credentials"},
		"Usher reading":    {"client_credentials"},
		"##FRONTEND##":     {"client_credentials"},
	}
	got := map[string][]string{}
	for _, file := range []string{"tenant.yaml", "reading.yaml", "bearer.yaml"} {
		for _, client := range readTenant(t, file).Clients {
			got[client.Name] = client.GrantTypes
			if !client.Conformant || client.JWT.Algorithm != "RS256" || client.AuthMethod != "client_secret_post" {
				t.Errorf("%s: %+v", client.Name, client)
			}
		}
	}
	if diff := cmp.Diff(grants, got); diff != "" {
		t.Error(diff)
	}
}

// The API that front-ends ask tokens for has the table's scopes.
func TestTheTenantsScopesForFrontEnds(t *testing.T) {
	var want, got []string
	for _, group := range permission.All() {
		want = append(want, group.Scope)
	}
	for _, api := range readTenant(t, "bearer.yaml").ResourceServers {
		if api.Access.User.Policy != "deny_all" || api.Access.Client.Policy != "require_client_grant" {
			t.Errorf("users get tokens for it, or front-ends none: %+v", api.Access)
		}
		for _, scope := range api.Scopes {
			if scope.Description == "" {
				t.Errorf("%s has no description", scope.Value)
			}
			got = append(got, scope.Value)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table (-) and bearer.yaml (+):\n%s", diff)
	}
}

// The manual for setting up the tenant lists the same scopes.
func TestTheTenantInWords(t *testing.T) {
	text := readFile(t, "deploy/auth0/README.md")
	for _, group := range permission.All() {
		scopes := slices.Sorted(slices.Values(group.Needs))
		if row := "| `" + string(group.Name) + "` | `" + strings.Join(scopes, "`, `") + "` |\n"; !strings.Contains(text, row) {
			t.Errorf("deploy/auth0/README.md lacks the row %s", row)
		}
	}
	if rows := strings.Count(text, "\n| `Usher"); rows != len(permission.All()) {
		t.Errorf("it has %d rows for %d groups", rows, len(permission.All()))
	}
	var reading []string
	for scope := range needs(readers(), func(scope string) bool { return strings.HasPrefix(scope, "read:") }) {
		reading = append(reading, "`"+scope+"`")
	}
	slices.Sort(reading)
	for _, file := range []string{"deploy/auth0/README.md", "docs/keys.md"} {
		if list := strings.Join(reading, ", "); !strings.Contains(strings.Join(strings.Fields(readFile(t, file)), " "), list) {
			t.Errorf("%s lacks the list %s", file, list)
		}
	}
}
