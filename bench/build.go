package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"usher/bench/internal/target"
	"usher/test/testkit/lambda"
)

// oldCommit is the commit that the targets compare with.
const oldCommit = "4921f48"

// build builds the functions, the floor, and the functions of oldCommit, into folders below .cache.
func build(ctx context.Context, root string) (b target.Binaries, skipped error, err error) {
	out := filepath.Join(root, ".cache", "bench", "bin")
	packages := functionPackages()
	b = target.Binaries{New: filepath.Join(out, "new"), Floor: filepath.Join(out, "floor")}
	if err := lambda.Build(ctx, root, b.New, packages...); err != nil {
		return b, nil, err
	}
	if err := lambda.Build(ctx, root, out, "./bench/floor"); err != nil {
		return b, nil, err
	}
	source := filepath.Join(root, ".cache", "bench", oldCommit)
	if skipped := extract(ctx, root, source); skipped != nil {
		return b, skipped, nil
	}
	b.Old = filepath.Join(out, oldCommit)
	return b, nil, lambda.Build(ctx, source, b.Old, packages...)
}

// functionPackages lists the packages of the measured functions. A callback needs a login.
func functionPackages() []string {
	var packages []string
	for _, op := range target.Operations {
		if name := "./functions/" + op.Function; !slices.Contains(packages, name) {
			packages = append(packages, name)
		}
	}
	return packages
}

// extract writes the source of oldCommit into a folder, unless it is there.
func extract(ctx context.Context, root, folder string) error {
	if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
		return nil
	}
	var source, problem bytes.Buffer
	archive := exec.CommandContext(ctx, "git", "-C", root, "archive", "--format=tar", oldCommit)
	archive.Stdout, archive.Stderr = &source, &problem
	if err := archive.Run(); err != nil {
		return fmt.Errorf("git archive %s: %s", oldCommit, strings.TrimSpace(problem.String()))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("extract %s: %w", oldCommit, err)
	}
	unpack := exec.CommandContext(ctx, "tar", "-x", "-C", folder)
	unpack.Stdin, unpack.Stderr = &source, &problem
	if err := unpack.Run(); err != nil {
		return errors.New("tar: " + problem.String())
	}
	return nil
}
