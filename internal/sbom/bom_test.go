package sbom

import (
	"bytes"
	"errors"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
)

var (
	jose   = &debug.Module{Path: "example.com/jose/v4", Version: "v4.1.9", Sum: "h1:jose="}
	client = &debug.Module{Path: "example.com/client", Version: "v1.0.0+incompatible", Sum: "h1:client="}
	source = Source{
		Version: "abc", Time: time.Unix(1700000000, 0),
		Licence: func(module string) ([]string, error) {
			return map[string][]string{"stdlib": {"BSD-3-Clause"}, "example.com/jose/v4": {"Apache-2.0", "MIT"}}[module], nil
		},
	}
)

func built(name string, deps ...*debug.Module) Function {
	return Function{Name: name, SHA256: strings.Repeat("0f", 32), Info: &debug.BuildInfo{
		GoVersion: "go1.26.8", Path: "usher/functions/" + name, Deps: deps, Settings: []debug.BuildSetting{{Key: "GOARCH", Value: "arm64"}},
	}}
}

func TestNew(t *testing.T) {
	const (
		std = "pkg:golang/stdlib@1.26.8"
		j   = "pkg:golang/example.com/jose/v4@v4.1.9"
		c   = "pkg:golang/example.com/client@v1.0.0%2Bincompatible"
	)
	tests := map[string]struct {
		functions []Function
		libraries []string
		graph     map[string][]string
	}{
		"one": {
			[]Function{built("getuser", jose)},
			[]string{j, std},
			map[string][]string{"usher": {"getuser"}, "getuser": {j, std}},
		},
		"one without dependencies": {
			[]Function{built("getuser")},
			[]string{std},
			map[string][]string{"usher": {"getuser"}, "getuser": {std}},
		},
		"several, each with its own": {
			[]Function{built("authorizer", jose), built("getuser", client, jose)},
			[]string{c, j, std},
			map[string][]string{"usher": {"authorizer", "getuser"}, "authorizer": {j, std}, "getuser": {c, j, std}},
		},
		"a module in another's place": {
			[]Function{built("getuser", &debug.Module{Path: "example.com/fork", Version: "v0.1.0", Replace: jose})},
			[]string{j, std},
			map[string][]string{"usher": {"getuser"}, "getuser": {j, std}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bom, err := New(tt.functions, source)
			if err != nil {
				t.Fatal(err)
			}
			var libraries []string
			for _, component := range *bom.Components {
				if component.Type == cdx.ComponentTypeLibrary {
					libraries = append(libraries, component.PackageURL)
				}
			}
			if diff := cmp.Diff(tt.libraries, libraries); diff != "" {
				t.Error("libraries", diff)
			}
			graph := map[string][]string{}
			for _, dependency := range *bom.Dependencies {
				graph[dependency.Ref] = *dependency.Dependencies
			}
			if diff := cmp.Diff(tt.graph, graph); diff != "" {
				t.Error("dependencies", diff)
			}
		})
	}
}

func TestWhatIsSaidOfAComponent(t *testing.T) {
	bom, err := New([]Function{built("getuser", jose)}, source)
	if err != nil {
		t.Fatal(err)
	}
	licence := func(id string) cdx.LicenseChoice {
		return cdx.LicenseChoice{License: &cdx.License{ID: id, Acknowledgement: cdx.LicenseAcknowledgementConcluded}}
	}
	want := []cdx.Component{
		{
			BOMRef: "getuser", Type: "application", Name: "getuser", Version: "abc",
			Hashes:     &[]cdx.Hash{{Algorithm: "SHA-256", Value: strings.Repeat("0f", 32)}},
			Properties: &[]cdx.Property{{Name: "GOARCH", Value: "arm64"}},
		},
		{
			BOMRef: "pkg:golang/example.com/jose/v4@v4.1.9", PackageURL: "pkg:golang/example.com/jose/v4@v4.1.9",
			Type: "library", Scope: "required", Name: "example.com/jose/v4", Version: "v4.1.9",
			Licenses:   &cdx.Licenses{licence("Apache-2.0"), licence("MIT")},
			Properties: &[]cdx.Property{{Name: "go.sum", Value: "h1:jose="}},
		},
		{
			BOMRef: "pkg:golang/stdlib@1.26.8", PackageURL: "pkg:golang/stdlib@1.26.8",
			Type: "library", Scope: "required", Name: "stdlib", Version: "1.26.8",
			Licenses: &cdx.Licenses{licence("BSD-3-Clause")},
		},
	}
	if diff := cmp.Diff(want, *bom.Components); diff != "" {
		t.Error(diff)
	}
	if bom.Metadata.Timestamp != "2023-11-14T22:13:20Z" || bom.Metadata.Component.Version != "abc" {
		t.Errorf("metadata: %+v %+v", bom.Metadata, bom.Metadata.Component)
	}
}

func TestTheSameFunctionsMakeTheSameBill(t *testing.T) {
	encoded := func() string {
		bom, err := New([]Function{built("authorizer", jose), built("getuser", client, jose)}, source)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).Encode(bom); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := encoded()
	for range 20 { // the order in which a map is walked differs
		if diff := cmp.Diff(first, encoded()); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	unknown := source
	unknown.Licence = func(string) ([]string, error) { return nil, errors.New("no text") }
	tests := map[string]struct {
		function Function
		source   Source
		want     string
	}{
		"a folder in a module's place": {
			built("getuser", &debug.Module{Path: "example.com/x", Replace: &debug.Module{Path: "../x"}}), source,
			"getuser: ../x has no version that go.sum holds it to",
		},
		"a module of an unknown licence": {built("getuser"), unknown, "the licence of stdlib: no text"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := New([]Function{tt.function}, tt.source); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
