package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// standardLibrary is its name in databases of vulnerabilities.
const standardLibrary = "stdlib"

// bill lists the functions in a folder of `sam build` and the modules in each of
// them, as the linker noted them in the binaries. Equal functions of one commit have
// equal bills.
func bill(folder, commit string, committed time.Time) (*cdx.BOM, error) {
	binaries, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil || len(binaries) == 0 {
		return nil, fmt.Errorf("there are no functions in %s", folder)
	}
	usher := cdx.Component{BOMRef: "usher", Type: cdx.ComponentTypeApplication, Name: "usher", Version: commit}
	components := map[string]cdx.Component{}
	graph := map[string][]string{}
	for _, binary := range binaries {
		content, err := os.ReadFile(binary)
		if err != nil {
			return nil, fmt.Errorf("read a function: %w", err)
		}
		info, err := buildinfo.ReadFile(binary)
		if err != nil {
			return nil, fmt.Errorf("read the modules in %s: %w", binary, err)
		}
		name := info.Path[strings.LastIndexByte(info.Path, '/')+1:]
		function := cdx.Component{
			BOMRef: name, Type: cdx.ComponentTypeApplication, Name: name, Version: commit,
			Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(content))}},
		}
		for _, setting := range info.Settings {
			if setting.Key == "GOARCH" {
				function.Properties = &[]cdx.Property{{Name: setting.Key, Value: setting.Value}}
			}
		}
		components[name] = function
		graph[usher.BOMRef] = append(graph[usher.BOMRef], name)
		for _, module := range append(info.Deps, &debug.Module{Path: standardLibrary, Version: strings.TrimPrefix(info.GoVersion, "go")}) {
			purl := "pkg:golang/" + module.Path + "@" + url.QueryEscape(module.Version)
			if _, known := components[purl]; !known {
				if components[purl], err = library(purl, module); err != nil {
					return nil, fmt.Errorf("%s: %w", module.Path, err)
				}
			}
			graph[name] = append(graph[name], purl)
		}
	}

	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Timestamp: committed.UTC().Format(time.RFC3339), Component: &usher}
	bom.Components, bom.Dependencies = &[]cdx.Component{}, &[]cdx.Dependency{}
	for _, ref := range slices.Sorted(maps.Keys(components)) {
		*bom.Components = append(*bom.Components, components[ref])
	}
	for _, ref := range slices.Sorted(maps.Keys(graph)) {
		*bom.Dependencies = append(*bom.Dependencies, cdx.Dependency{Ref: ref, Dependencies: new(graph[ref])})
	}
	return bom, nil
}

func library(purl string, module *debug.Module) (cdx.Component, error) {
	c := cdx.Component{
		BOMRef: purl, PackageURL: purl, Type: cdx.ComponentTypeLibrary, Name: module.Path, Version: module.Version,
		Scope: cdx.ScopeRequired, Licenses: &cdx.Licenses{},
	}
	if module.Path != standardLibrary {
		if module.Sum == "" { // of a module that go.mod replaces as well
			return c, fmt.Errorf("go.sum has no hash of version %s", module.Version)
		}
		// The hash in go.sum is of a list of files, and not of one file.
		c.Properties = &[]cdx.Property{{Name: "go.sum", Value: module.Sum}}
	}
	ids, err := licences(module.Path)
	for _, id := range ids {
		*c.Licenses = append(*c.Licenses, cdx.LicenseChoice{License: &cdx.License{ID: id, Acknowledgement: cdx.LicenseAcknowledgementConcluded}})
	}
	return c, err
}
