package records_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"usher/cmd/internal/console/records"
)

// schema is the part of a schema in the contract that the test needs.
type schema struct {
	Ref        string            `yaml:"$ref"`
	Type       any               `yaml:"type"`
	Properties map[string]schema `yaml:"properties"`
}

type contract struct {
	Paths map[string]struct {
		Post struct {
			RequestBody struct {
				Content map[string]struct {
					Line schema `yaml:"x-line-schema"`
				} `yaml:"content"`
			} `yaml:"requestBody"`
		} `yaml:"post"`
	} `yaml:"paths"`
	Components struct {
		Schemas map[string]schema `yaml:"schemas"`
	} `yaml:"components"`
}

func (c contract) resolve(s schema) schema {
	if name, is := strings.CutPrefix(s.Ref, "#/components/schemas/"); is {
		return c.resolve(c.Components.Schemas[name])
	}
	return s
}

// Members of records that the console leaves out: those of links.
var leftOut = []string{"result_url", "ttl", "verifies_email"}

// The table has the members of the contract, each with a column of the right type.
func TestMembersAreThoseOfTheContract(t *testing.T) {
	text, err := os.ReadFile("../../../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc contract
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []records.Kind{records.Creations, records.Imports, records.Updates, records.Deletions} {
		want := map[string]records.Type{}
		line := doc.resolve(doc.Paths["/"+kind.Name].Post.RequestBody.Content["application/x-ndjson"].Line)
		for name, s := range line.Properties {
			if slices.Contains(leftOut, name) {
				continue
			}
			switch resolved := doc.resolve(s); {
			case name == "set":
				for inner, s := range resolved.Properties {
					want["set."+inner] = typeOf(doc.resolve(s))
				}
			default:
				want[name] = typeOf(resolved)
			}
		}
		if len(want) == 0 || len(kind.Members) != len(want) {
			t.Errorf("%s has %d members, and the contract has %d", kind.Name, len(kind.Members), len(want))
		}
		for _, m := range kind.Members {
			if got, known := want[m.Name]; !known || got != m.Type {
				t.Errorf("%s: %s has the type %d, and in the contract %d (known: %v)", kind.Name, m.Name, m.Type, got, known)
			}
		}
	}
}

func typeOf(s schema) records.Type {
	switch {
	case s.Type == "boolean":
		return records.Bool
	case s.Type == "array" || s.Type == "object" && len(s.Properties) > 0:
		return records.JSON
	case s.Type == "object":
		return records.Object
	}
	return records.Text
}
