package sbom

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// Source is what the functions were built of.
type Source struct {
	Version string                              // the commit
	Time    time.Time                           // of the commit, since a moment of our own would make each bill another one
	Licence func(path string) ([]string, error) // the SPDX identifiers of a module, or of "std"
}

// New makes one bill for all functions. What is linked into which stands in its
// graph of dependencies. The same functions of the same source make the same bill.
func New(functions []Function, source Source) (*cdx.BOM, error) {
	linked := map[string]cdx.Component{} // by purl
	var built []cdx.Component
	var names []string
	var graph []cdx.Dependency
	for _, f := range functions {
		modules, err := modules(f.Info)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		for purl, module := range modules {
			linked[purl] = module
		}
		built = append(built, function(f, source))
		names = append(names, f.Name)
		graph = append(graph, dependency(f.Name, slices.Sorted(maps.Keys(modules))))
	}
	for purl, module := range linked {
		licences, err := source.Licence(module.Name)
		if err != nil {
			return nil, fmt.Errorf("the licence of %s: %w", module.Name, err)
		}
		module.Licenses = licenceChoices(licences)
		linked[purl] = module
	}
	libraries := slices.SortedFunc(maps.Values(linked), func(a, b cdx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })

	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{BOMRef: "usher", Type: cdx.ComponentTypeApplication, Name: "usher", Version: source.Version}}
	if !source.Time.IsZero() {
		bom.Metadata.Timestamp = source.Time.UTC().Format(time.RFC3339)
	}
	bom.Components = ptr(append(built, libraries...))
	bom.Dependencies = ptr(append([]cdx.Dependency{dependency("usher", names)}, graph...))
	return bom, nil
}

func function(f Function, source Source) cdx.Component {
	return cdx.Component{
		BOMRef: f.Name, Type: cdx.ComponentTypeApplication, Name: f.Name, Version: source.Version,
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: f.SHA256}},
		Properties: &[]cdx.Property{{Name: "GOARCH", Value: f.setting("GOARCH")}},
	}
}

// standardLibrary is how the databases of known holes call it. Its version is the
// compiler's too.
const standardLibrary = "stdlib"

// modules lists what is linked into a binary beside our own code, by purl.
func modules(info *debug.BuildInfo) (map[string]cdx.Component, error) {
	all := map[string]cdx.Component{}
	add := func(path, version, sum string) {
		c := cdx.Component{Type: cdx.ComponentTypeLibrary, Name: path, Version: version, Scope: cdx.ScopeRequired}
		c.PackageURL = "pkg:golang/" + path + "@" + url.QueryEscape(version)
		c.BOMRef = c.PackageURL
		if sum != "" { // the hash of go.sum, which is of a list of files and no file's own
			c.Properties = &[]cdx.Property{{Name: "go.sum", Value: sum}}
		}
		all[c.PackageURL] = c
	}
	add(standardLibrary, strings.TrimPrefix(info.GoVersion, "go"), "")
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Sum == "" {
			return nil, errors.New(m.Path + " has no version that go.sum holds it to")
		}
		add(m.Path, m.Version, m.Sum)
	}
	return all, nil
}

func licenceChoices(ids []string) *cdx.Licenses {
	if len(ids) == 0 {
		return nil
	}
	var all cdx.Licenses
	for _, id := range ids {
		all = append(all, cdx.LicenseChoice{License: &cdx.License{ID: id, Acknowledgement: cdx.LicenseAcknowledgementConcluded}})
	}
	return &all
}

func dependency(ref string, on []string) cdx.Dependency {
	return cdx.Dependency{Ref: ref, Dependencies: &on}
}

func ptr[T any](v T) *T { return &v }
