package lambda

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds commands of this module, with the flags of the release, into a folder: each is
// named like the last element of its path. dir is a folder of the module.
func Build(ctx context.Context, dir, out string, packages ...string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("build functions: %w", err)
	}
	out, err := filepath.Abs(out)
	if err != nil {
		return fmt.Errorf("build functions: %w", err)
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid= -funcalign=8", "-o", out + "/"}, packages...)
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if printed, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build functions: %w: %s", err, printed)
	}
	return nil
}
