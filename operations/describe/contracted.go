package main

import (
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// operation is what this program reads of an operation in the contract.
type operation struct {
	ID      string `yaml:"operationId"`
	Summary string
	Calls   struct{ Usual int } `yaml:"x-provider-calls"`
}

// contracted reads the contract's operations, by route.
func contracted(root string) (map[string]operation, error) {
	text, err := os.ReadFile(filepath.Join(root, contractFile))
	if err != nil {
		return nil, err
	}
	var contract struct {
		Paths map[string]struct{ Get, Post, Put, Patch, Delete operation }
	}
	if err := yaml.Unmarshal(text, &contract); err != nil {
		return nil, fmt.Errorf("%s: %w", contractFile, err)
	}
	operations := map[string]operation{}
	for path, item := range contract.Paths {
		for method, op := range map[string]operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			operations[method+" "+path] = op
		}
	}
	return operations, nil
}
