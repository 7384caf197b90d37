package sbom

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// Function is one that has been built.
type Function struct {
	Name   string // of its folder in functions/: "getuser"
	SHA256 string // of the binary
	Info   *debug.BuildInfo
}

// Read finds the functions in the folder that `sam build` made: a folder for
// each, with the binary.
func Read(folder string) ([]Function, error) {
	binaries, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil {
		return nil, fmt.Errorf("look for functions: %w", err)
	}
	if len(binaries) == 0 {
		return nil, fmt.Errorf("there are no functions in %s", folder)
	}
	var all []Function
	for _, binary := range binaries {
		bytes, err := os.ReadFile(binary)
		if err != nil {
			return nil, fmt.Errorf("read a function: %w", err)
		}
		info, err := buildinfo.ReadFile(binary)
		if err != nil {
			return nil, fmt.Errorf("read what is linked into %s: %w", binary, err)
		}
		sum := sha256.Sum256(bytes)
		all = append(all, Function{Name: info.Path[strings.LastIndexByte(info.Path, '/')+1:], SHA256: hex.EncodeToString(sum[:]), Info: info})
	}
	slices.SortFunc(all, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// setting is what a function was built with, such as its GOARCH.
func (f Function) setting(key string) string {
	for _, s := range f.Info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
