package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"usher/internal/api"
	"usher/internal/permission"
)

const intro = `# Operations

This page is generated from the operations' declarations (` + "`make generate`" + `). The contract is
[api/openapi.yaml](../api/openapi.yaml).

Each permission group is an IAM managed policy of the stack, and a scope of bearer tokens. A
front-end gets the groups that it needs ([front-end.md](front-end.md), [bearer.md](bearer.md)).
`

// handlerOf finds the handler's file in the comment of a function's main.
var handlerOf = regexp.MustCompile(`in (internal/[a-z_]+/[a-z_]+\.go)\.`)

// Page returns docs/operations.md.
func Page(root string, all []api.Operation) ([]byte, error) {
	contract, err := contracted(root)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(intro)
	for _, group := range permission.All() {
		fmt.Fprintf(&out, "\n## %s\n\nScope `%s`. Lets a front-end %s.\n\n| route | what it does | handler |\n|---|---|---|\n", group.Name, group.Scope, group.About)
		for _, op := range all {
			if !slices.Contains(op.Permissions, group.Name) {
				continue
			}
			file, err := handler(root, op.Name)
			if err != nil {
				return nil, err
			}
			for _, route := range op.Routes {
				if contract[route].Summary == "" {
					return nil, fmt.Errorf("the contract has no summary for %s", route)
				}
				fmt.Fprintf(&out, "| `%s` | %s | [%s](../%s) |\n", route, contract[route].Summary, op.Name, file)
			}
		}
	}
	return out.Bytes(), nil
}

func handler(root, function string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, "functions", function, "main.go"))
	if err != nil {
		return "", err
	}
	found := handlerOf.FindSubmatch(source)
	if found == nil {
		return "", fmt.Errorf("functions/%s/main.go does not say where its handler is", function)
	}
	return string(found[1]), nil
}
