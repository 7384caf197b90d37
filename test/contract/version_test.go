package contract

import (
	"regexp"
	"testing"

	"usher/internal/version"
)

// The version stands in the code, in the contract and in the stack's outputs.
func TestTheVersionIsTheSameEverywhere(t *testing.T) {
	for file, form := range map[string]string{
		"api/openapi.yaml": `(?m)^  version: (.+)$`,
		"template.yaml":    `(?m)^  Version:\n    Description: .+\n    Value: (.+)$`,
	} {
		found := regexp.MustCompile(form).FindStringSubmatch(readFile(t, file))
		if found == nil || found[1] != version.Number {
			t.Errorf("%s has the version %q, and the code %s", file, found, version.Number)
		}
	}
}
