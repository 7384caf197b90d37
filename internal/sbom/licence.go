package sbom

import (
	"bytes"
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

// FindLicence says under which licences a module is, by the texts in its folder.
func FindLicence(ctx context.Context) func(module string) ([]string, error) {
	return func(module string) ([]string, error) {
		folder, err := folderOf(ctx, module)
		if err != nil {
			return nil, err
		}
		return licences(folder)
	}
}

func folderOf(ctx context.Context, module string) (string, error) {
	arguments := []string{"list", "-m", "-f", "{{.Dir}}", module}
	if module == standardLibrary {
		arguments = []string{"env", "GOROOT"}
	}
	out, err := exec.CommandContext(ctx, "go", arguments...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(failed.Stderr))
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(arguments, " "), err)
	}
	folder := strings.TrimSpace(string(out))
	if folder == "" {
		return "", errors.New("its sources are not here: run `go mod download`")
	}
	return folder, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)(\.(txt|md))?$`)

// mostly is how much of a text has to be a licence's for it to be that licence.
const mostly = 75

func licences(folder string) ([]string, error) {
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
		return nil, errors.New("there is no text of a known licence in its folder")
	}
	return ids, nil
}
