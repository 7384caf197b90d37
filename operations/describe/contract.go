package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"usher/internal/api"
)

const contractFile = "api/openapi.yaml"

// An operation of the contract, as lines of YAML: its method, its function, and its description as a
// literal block ("|"), which is the only form that needs no YAML parser to extend.
var (
	pathLine     = regexp.MustCompile(`^  (/\S*):$`)
	methodLine   = regexp.MustCompile(`^    (get|post|put|patch|delete):$`)
	descriptions = regexp.MustCompile(`^      description: \|$`)
	needsLine    = regexp.MustCompile("^        Needs (`Usher[A-Za-z]+`(, | or )?)+\\.$")
)

// Contract returns the contract in which each operation's description ends with the operation's
// permission groups, because renderers and generated clients do not show x-permission.
func Contract(root string, all []api.Operation) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, contractFile))
	if err != nil {
		return nil, err
	}
	needs := map[string]string{}
	for _, op := range all {
		for _, route := range op.Routes {
			needs[route] = sentence(op)
		}
	}
	lines := slices.DeleteFunc(strings.Split(string(text), "\n"), needsLine.MatchString)
	var out []string
	path, route, inside := "", "", false
	for _, line := range lines {
		if inside && line != "" && !strings.HasPrefix(line, "        ") { // the block has ended
			out = append(trimmed(out), "", "        "+needs[route])
			delete(needs, route)
			inside = false
		}
		out = append(out, line)
		if found := pathLine.FindStringSubmatch(line); found != nil {
			path = found[1]
		}
		if found := methodLine.FindStringSubmatch(line); found != nil {
			route = strings.ToUpper(found[1]) + " " + path
		}
		inside = inside || descriptions.MatchString(line) && needs[route] != ""
	}
	for route := range needs {
		return nil, fmt.Errorf("%s: %s has no description as a block (\"description: |\")", contractFile, route)
	}
	return []byte(strings.Join(out, "\n")), nil
}

func sentence(op api.Operation) string {
	var groups []string
	for _, name := range op.Permissions {
		groups = append(groups, "`"+string(name)+"`")
	}
	return "Needs " + strings.Join(groups, " or ") + "."
}

// trimmed returns the lines without the empty ones at the end.
func trimmed(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
