package policy

import (
	"encoding/json"
	"fmt"
	"slices"

	"usher/cmd/internal/console/strict"
)

// decode reads a policy file. It refuses unknown members, duplicate ones, and those in other
// letters, because encoding/json would take "Connections" for "connections" and keep the last one.
func decode(text []byte) (document, error) {
	var doc document
	members, err := strict.Object(text)
	if err != nil {
		return doc, fmt.Errorf("the policy %w", err)
	}
	for name := range members {
		if !slices.Contains([]string{"connections", "roles"}, name) {
			return doc, fmt.Errorf("the policy has the unknown member %q", name)
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return doc, fmt.Errorf("the policy is not valid: %w", err)
	}
	return doc, nil
}
