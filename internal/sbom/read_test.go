package sbom

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The smallest binary that has modules in it: the one that makes bills.
func TestRead(t *testing.T) {
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "GetUser", "bootstrap"), "usher/cmd/sbom")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write(t, filepath.Join(folder, "template.yaml"), "not a function")
	functions, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(functions) != 1 || functions[0].Name != "sbom" || len(functions[0].SHA256) != 64 || functions[0].setting("GOARCH") == "" {
		t.Fatalf("%+v", functions)
	}
	modules, err := modules(functions[0].Info)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, module := range modules {
		names = append(names, module.Name)
	}
	for _, want := range []string{"stdlib", "github.com/CycloneDX/cyclonedx-go", "github.com/google/licensecheck"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not in %q", want, names)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct {
		file, want string
	}{
		"an empty folder":         {"template.yaml", "there are no functions in"},
		"what Go has not made":    {"GetUser/bootstrap", "read what is linked into"},
		"functions without depth": {"bootstrap", "there are no functions in"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, tt.file), "#!/bin/sh")
			if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFindLicence(t *testing.T) {
	find := FindLicence(t.Context())
	tests := map[string][]string{
		"stdlib":                        {"BSD-3-Clause"},
		"github.com/google/go-cmp":      {"BSD-3-Clause"},
		"github.com/auth0/go-auth0/v3":  {"MIT"},
		"github.com/aws/aws-sdk-go-v2":  {"Apache-2.0"},
		"github.com/PuerkitoBio/rehttp": {"BSD-3-Clause"},
		"golang.org/x/crypto":           {"BSD-3-Clause"},
	}
	for module, want := range tests {
		t.Run(module, func(t *testing.T) {
			got, err := find(module)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got, err := find("example.com/nowhere"); err == nil || !strings.Contains(err.Error(), "not a known dependency") {
		t.Errorf("of a module that is not in go.mod: %q, %v", got, err)
	}
}

func TestNoLicence(t *testing.T) {
	tests := map[string]map[string]string{
		"no file":               {"README.md": "MIT License"},
		"another text":          {"LICENSE": "You may do with this what I like."},
		"one that is hidden":    {"LICENSE": strings.Repeat("Whoever reads this owes me a hundred pounds. ", 50) + "Licensed under the MIT License."},
		"an empty one":          {"LICENSE": ""},
		"one of something else": {"LICENSE.logo": "MIT License"},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, text := range files {
				write(t, filepath.Join(folder, file), text)
			}
			if got, err := licences(folder); err == nil {
				t.Errorf("got %q", got)
			}
		})
	}
}
