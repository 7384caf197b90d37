package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// decode reads one JSON document. It refuses unknown members, and duplicate ones, of which
// encoding/json would keep the last.
func decode(text []byte, into any) error {
	if err := unique(json.NewDecoder(bytes.NewReader(text))); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the policy is not valid: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the policy must be one JSON object")
	}
	return nil
}

// unique reads one value and fails at a duplicate member.
func unique(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("the policy is not JSON: %w", err)
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if open == '{' {
			name, err := decoder.Token()
			if err != nil {
				return fmt.Errorf("the policy is not JSON: %w", err)
			}
			if seen[name.(string)] {
				return fmt.Errorf("the policy has the member %q twice", name)
			}
			seen[name.(string)] = true
		}
		if err := unique(decoder); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil { // the closing bracket
		return fmt.Errorf("the policy is not JSON: %w", err)
	}
	return nil
}
