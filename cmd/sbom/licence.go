package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// licences returns the SPDX identifiers of a module's licences, from the texts in its
// sources.
func licences(module string) ([]string, error) {
	arguments := []string{"list", "-m", "-f", "{{.Dir}}", module}
	if module == standardLibrary {
		arguments = []string{"env", "GOROOT"}
	}
	command := exec.CommandContext(context.Background(), "go", arguments...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("find its sources: %w", err)
	}
	folder := strings.TrimSpace(string(out))
	if folder == "" {
		return nil, errors.New("its sources are missing: run `go mod download`")
	}
	return licencesIn(folder)
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)(\.(txt|md))?$`)

// mostly is the percentage of a text that must be a licence's for it to be that licence.
const mostly = 75

func licencesIn(folder string) ([]string, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look for a licence: %w", err)
	}
	var ids []string
	for _, file := range files {
		if !licenceFile.MatchString(file.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a licence: %w", err)
		}
		if found := licensecheck.Scan(text); found.Percent >= mostly {
			for _, match := range found.Match {
				ids = append(ids, match.ID)
			}
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil, errors.New("its folder holds no text of a known licence")
	}
	return ids, nil
}
