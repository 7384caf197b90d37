package web

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Every problem that the contract has for jobs only has words.
func TestProblemsOfJobsHaveWords(t *testing.T) {
	text, err := os.ReadFile("../../../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				AllOf []struct {
					Properties struct {
						Code struct{ Enum []string }
					}
				} `yaml:"allOf"`
			}
		}
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, schema := range doc.Components.Schemas {
		if !strings.HasSuffix(name, "Problem") || !strings.Contains(name, "Job") && name != "ConfirmationRefusedProblem" && name != "ResultsErasedProblem" {
			continue
		}
		for _, part := range schema.AllOf {
			for _, code := range part.Properties.Code.Enum {
				if found++; problemWords[code].text == "" {
					t.Errorf("%s has no words", code)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("the contract has only %d codes", found)
	}
}
