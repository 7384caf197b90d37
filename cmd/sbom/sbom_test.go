package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// test/sbom compares the bill of the real functions with their binaries; here is a
// bill of the smallest binary that has modules in it, which is this command.
func TestTheSameBinariesMakeTheSameBill(t *testing.T) {
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "Sbom", "bootstrap"), "usher/cmd/sbom")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write(t, filepath.Join(folder, "template.yaml"), "not a function")
	made := func() *cdx.BOM {
		bom, err := bill(folder, "abc", time.Unix(1700000000, 0))
		if err != nil {
			t.Fatal(err)
		}
		return bom
	}
	first := made()
	for range 5 { // the order of a map differs
		if diff := cmp.Diff(first, made()); diff != "" {
			t.Fatal(diff)
		}
	}
	if first.Metadata.Timestamp != "2023-11-14T22:13:20Z" || first.Metadata.Component.Version != "abc" {
		t.Errorf("metadata: %+v %+v", first.Metadata, first.Metadata.Component)
	}
	licences := map[string]string{}
	for _, c := range *first.Components {
		if c.Type == cdx.ComponentTypeLibrary {
			licences[c.Name] = (*c.Licenses)[0].License.ID
		}
	}
	want := map[string]string{"stdlib": "BSD-3-Clause", "github.com/CycloneDX/cyclonedx-go": "Apache-2.0", "github.com/google/licensecheck": "BSD-3-Clause"}
	if diff := cmp.Diff(want, licences); diff != "" {
		t.Error(diff)
	}
}

func TestRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"an empty folder":         {"template.yaml", "there are no functions in"},
		"a script":                {"GetUser/bootstrap", "read the modules in"},
		"functions without depth": {"bootstrap", "there are no functions in"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, tt.file), "#!/bin/sh")
			if _, err := bill(folder, "", time.Time{}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for name, module := range map[string]*debug.Module{
		"a folder in a module's place": {Path: "example.com/x", Version: "v1.0.0", Replace: &debug.Module{Path: "../x"}},
		"a module without sources":     {Path: "example.com/x", Version: "v1.0.0", Sum: "h1:x="},
	} {
		if c, err := library("", module); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestNoLicence(t *testing.T) {
	tests := map[string]map[string]string{
		"no file":               {"README.md": "MIT License"},
		"another text":          {"LICENSE": "You may do with this what I like."},
		"one that is hidden":    {"LICENSE": strings.Repeat("Every reader of this owes me a hundred pounds. ", 50) + "Licensed under the MIT License."},
		"an empty one":          {"LICENSE": ""},
		"one of something else": {"LICENSE.logo": "MIT License"},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, text := range files {
				write(t, filepath.Join(folder, file), text)
			}
			if got, err := licencesIn(folder); err == nil {
				t.Errorf("got %q", got)
			}
		})
	}
}
