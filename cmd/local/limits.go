package main

import (
	"fmt"
	"os"

	"usher/internal/config"
	"usher/internal/limits"
)

// limitsFrom reads the policy document of -limits; "" for no limits.
func limitsFrom(file string, cfg config.Config) (limits.Policy, error) {
	if file == "" {
		return limits.Policy{}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return limits.Policy{}, fmt.Errorf("read the limits: %w", err)
	}
	policy, err := limits.Parse(string(text), cfg.Deployment())
	if err != nil {
		return limits.Policy{}, fmt.Errorf("%s:\n%w", file, err)
	}
	return policy, nil
}
