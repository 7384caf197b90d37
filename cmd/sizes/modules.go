package main

import (
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"path"
	"strings"
)

// The parts of a binary that belong to no single module.
const (
	standard  = "the standard library"
	stackMaps = "stack maps of all functions"
	rest      = "tables of functions, lines and types" // of all modules; these have no symbols
)

// modules returns the bytes of each module in a binary, and of the parts of none. The sum is the size
// of all that is loaded.
func modules(file string) (map[string]int, error) {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return nil, err
	}
	names := []string{info.Main.Path}
	for _, dep := range info.Deps {
		names = append(names, dep.Path)
	}
	binary, err := elf.Open(file)
	if err != nil {
		return nil, err
	}
	defer binary.Close()
	symbols, err := binary.Symbols()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	bytes, left := map[string]int{}, 0
	for _, section := range binary.Sections {
		if isLoaded(section) {
			left += int(section.Size)
		}
	}
	for _, symbol := range symbols {
		// Some symbols only mark the begin or end of others, and have no size.
		if int(symbol.Section) < len(binary.Sections) && isLoaded(binary.Sections[symbol.Section]) {
			bytes[ownerOf(symbol.Name, names)] += int(symbol.Size)
			left -= int(symbol.Size)
		}
	}
	bytes[rest] += left
	return bytes, nil
}

// isLoaded reports whether a section is loaded from the file. Memory that is zero at the start is not.
func isLoaded(s *elf.Section) bool { return s.Type != elf.SHT_NOBITS && s.Flags&elf.SHF_ALLOC != 0 }

// ownerOf returns the module of a symbol: the one with the longest path that begins the symbol's package.
func ownerOf(symbol string, modules []string) string {
	if strings.HasPrefix(symbol, "go:func.") {
		return stackMaps
	}
	if strings.HasPrefix(symbol, "main.") {
		return modules[0]
	}
	pkg := packageOf(symbol)
	owner := ""
	for _, module := range modules {
		if len(module) > len(owner) && (pkg == module || strings.HasPrefix(pkg, module+"/")) {
			owner = module
		}
	}
	if owner == "" {
		return standard
	}
	return owner
}

// packageOf returns the import path of a symbol's package. The linker escapes the dots in the last part
// of a path.
func packageOf(symbol string) string {
	for _, prefix := range []string{"type:.eq.", "type:.hash.", "type:", "go:itab.*", "go:itab."} {
		symbol = strings.TrimPrefix(symbol, prefix)
	}
	symbol, _, _ = strings.Cut(symbol, "[") // type arguments are of other packages
	symbol, _, _ = strings.Cut(symbol, "(") // methods
	dir, last := path.Split(symbol)
	last, _, _ = strings.Cut(last, ".")
	return strings.ReplaceAll(dir+last, "%2e", ".")
}
