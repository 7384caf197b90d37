package lambda

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Binaries returns the binaries of all functions, by name: those of `make test` in the folder that
// FUNCTIONS names, else new ones in out. dir is a folder of the module.
func Binaries(ctx context.Context, dir, out string) (map[string]string, error) {
	pattern, name := filepath.Join(out, "*"), filepath.Base
	if built := os.Getenv("FUNCTIONS"); built != "" {
		pattern, name = filepath.Join(built, "*", "bootstrap"), func(path string) string {
			return strings.ToLower(filepath.Base(filepath.Dir(path)))
		}
	} else if err := Build(ctx, dir, out, "./functions/..."); err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no functions at %s: %w", pattern, err)
	}
	binaries := map[string]string{}
	for _, path := range paths {
		binaries[name(path)] = path
	}
	return binaries, nil
}
