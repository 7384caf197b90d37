package policy_test

import (
	"slices"
	"strings"
	"testing"

	"usher/cmd/internal/console/policy"
)

func TestParse(t *testing.T) {
	p, err := policy.Parse([]byte(`{"connections":["staff","google-oauth2"],"roles":{"helper":["read","support"],"boss":["everything"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if !p.Staff("staff") || p.Staff("Staff") || p.Staff("") || p.Connection() != "" {
		t.Error("the connections are not those of the file")
	}
	if got := p.Groups([]string{"helper", "stranger"}).List(); !slices.Equal(got, []policy.Group{policy.Read, policy.Support}) {
		t.Errorf("a helper has %q", got)
	}
	if got := p.Groups([]string{"boss"}); !got.HasAll(policy.Everything()) {
		t.Errorf("a boss has %q", got.List())
	}
	if got := p.Groups([]string{"usher-admin"}); len(got) != 0 {
		t.Errorf("the default roles are still there: %q", got.List())
	}
}

func TestDefaultRoles(t *testing.T) {
	p, err := policy.Parse([]byte(`{"connections":["staff"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []policy.Group{policy.Read, policy.Recovery, policy.MFA, policy.Sessions, policy.Support}
	if got := p.Groups([]string{"usher-support"}).List(); !slices.Equal(got, want) {
		t.Errorf("usher-support has %q", got)
	}
	if got := p.Groups([]string{"usher-admin"}).List(); len(got) != 14 || p.Connection() != "staff" {
		t.Errorf("usher-admin has %q in %q", got, p.Connection())
	}
}

func TestParseFaults(t *testing.T) {
	for text, want := range map[string][]string{
		``:                         {"its end is missing"},
		`[]`:                       {"one JSON object"},
		`{"connections":["a"]} {}`: {"one JSON object"},
		`{"connections":["a"],"connections":["b"]}`:                       {`member "connections" twice`},
		`{"connections":["a"],"roles":{"r":["read"],"r":["everything"]}}`: {`member "r" twice`},
		`{"connections":["a"],"role":{}}`:                                 {`unknown member "role"`},
		`{"connections":["a"],"Connections":["b"]}`:                       {`unknown member "Connections"`},
		`{"connections":["a"],"ROLES":{"r":["everything"]}}`:              {`unknown member "ROLES"`},
		"{\"connections\":[\"\xff\"]}":                                    {"is not UTF-8"},
		`{}`:                                                              {"at least one connection"},
		`{"connections":[]}`:                                              {"at least one connection"},
		`{"connections":["a","a",""]}`:                                    {`"a" is there twice`, "name 3 is empty"},
		`{"connections":["a"],"roles":{}}`:                                {"at least one role"},
		`{"connections":["a"],"roles":{"r":[]}}`:                          {`"r" has no group`},
		`{"connections":["a"],"roles":{"":["read"]}}`:                     {"has no name"},
		`{"connections":["a"],"roles":{"r":["reed"]}}`:                    {`unknown group "reed"`, "app-metadata"},
		`{"connections":["a"],"roles":{"r":["sign-in","read"]}}`:          {`unknown group "sign-in"`},
		`{"connections":["a"],"roles":{"r":["read","read"]}}`:             {`"read" twice`},
		`{"connections":["a"],"roles":{"r":["everything","read"]}}`:       {"other groups beside"},
		`{"connections":["a"],"roles":{"r":["support"]}}`:                 {`lacks the group "read"`},
		`{"connections":["a"],"roles":{"r":"read"}}`:                      {"not valid"},
		`{"connections":[""],"roles":{"r":["x"],"s":[]}}`:                 {"name 1 is empty", `group "x"`, `"s" has no group`},
		`{"connections":["a"],"roles":{"r":["read"]}`:                     {"its end is missing"},
	} {
		_, err := policy.Parse([]byte(text))
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q lacks %q", text, err, part)
			}
		}
	}
}
