// Command describe writes what follows from the operations' declarations: the routes
// of each permission group, which the authorizer reads without linking an operation,
// docs/operations.md, the last sentence of each description in the contract, and the
// gateway's limits of routes in the template.
package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/operations"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: describe ROOT")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "describe:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	files, err := Files(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Files returns the generated files, by their paths in the module.
func Files(root string) (map[string][]byte, error) {
	all := operations.All(boot.New(config.Config{}, nil, slog.New(slog.DiscardHandler), time.Now))
	routes, err := Routes(all)
	if err != nil {
		return nil, err
	}
	page, err := Page(root, all)
	if err != nil {
		return nil, err
	}
	contract, err := Contract(root, all)
	if err != nil {
		return nil, err
	}
	template, err := Template(root, all)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"internal/permission/routes_gen.go": routes, "docs/operations.md": page, contractFile: contract, templateFile: template}, nil
}
