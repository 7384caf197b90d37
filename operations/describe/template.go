package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"usher/internal/api"
	"usher/internal/quota"
	"usher/operations/caps"
)

const templateFile = "template.yaml"

// The generated parts of the template are between these comments.
var (
	capsByPlan   = regexp.MustCompile(`(?s)( +# Caps by plan, written by "make generate"\.\n).*?( +# End of the caps\.\n)`)
	cappedRoutes = regexp.MustCompile(`(?s)( +# Capped routes, written by "make generate"\.\n).*?( +# End of the capped routes\.\n)`)
)

// capped is a route with a cap.
type capped struct {
	operation api.Operation
	contract  operation
	route     string
}

// key is the route's name in the mapping: "ListUsers".
func (c capped) key() string { return strings.ToUpper(c.contract.ID[:1]) + c.contract.ID[1:] }

// Template returns the template with the gateway's caps of the routes that can flood the provider.
func Template(root string, all []api.Operation) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, templateFile))
	if err != nil {
		return nil, err
	}
	contract, err := contracted(root)
	if err != nil {
		return nil, err
	}
	var routes []capped
	for _, op := range all {
		for _, route := range op.Routes {
			if caps.Has(op, route) {
				routes = append(routes, capped{op, contract[route], route})
			}
		}
	}
	slices.SortFunc(routes, func(a, b capped) int { return strings.Compare(a.key(), b.key()) })
	table, err := mapping(routes)
	if err != nil {
		return nil, err
	}
	for part, lines := range map[*regexp.Regexp]string{capsByPlan: table, cappedRoutes: settings(routes)} {
		if found := part.FindAllIndex(text, -1); len(found) != 1 {
			return nil, fmt.Errorf("%s has the comments of a generated part %d times: %s", templateFile, len(found), part)
		}
		text = part.ReplaceAllFunc(text, func(found []byte) []byte {
			comments := part.FindSubmatch(found)
			return slices.Concat(comments[1], []byte(lines), comments[2])
		})
	}
	return text, nil
}

// anchor marks the row that plans without caps repeat: no route uses their row, but it has to exist.
var anchor = map[string]string{"enterprise": " &any"}

// mapping returns the caps by plan, as requests per second and burst.
func mapping(routes []capped) (string, error) {
	var out strings.Builder
	out.WriteString("  RouteCaps:\n")
	for _, name := range quota.Names() {
		plan, err := quota.Parse(name)
		if err != nil {
			return "", err
		}
		var entries []string
		for _, r := range routes {
			limit, ok, err := caps.Of(r.operation, r.contract.Calls.Usual, plan)
			if err != nil {
				return "", err
			}
			if ok {
				entries = append(entries, fmt.Sprintf("%s: [%g, %d]", r.key(), limit.Rate, limit.Burst))
			}
		}
		if len(entries) > 0 {
			fmt.Fprintf(&out, "    %s:%s\n%s", name, anchor[name], wrapped(entries))
		}
	}
	fmt.Fprintf(&out, "    %s: *any\n    %s: *any\n", quota.Unknown, quota.Custom)
	return out.String(), nil
}

// wrapped returns the entries as a flow mapping, several in a line.
func wrapped(entries []string) string {
	var out strings.Builder
	for group := range slices.Chunk(entries, 5) {
		fmt.Fprintf(&out, "      %s,\n", strings.Join(group, ", "))
	}
	text := strings.TrimSuffix(out.String(), ",\n")
	return "      {" + strings.TrimPrefix(text, "      ") + "}\n"
}

// settings returns the MethodSettings of the capped routes.
func settings(routes []capped) string {
	var out strings.Builder
	for _, r := range routes {
		method, path, _ := strings.Cut(r.route, " ")
		find := fmt.Sprintf("!FindInMap [RouteCaps, !Ref Auth0Plan, %s]", r.key())
		fmt.Fprintf(&out, "        - !If [CapsRoutes, {HttpMethod: %s, ResourcePath: '%s', MetricsEnabled: false, LoggingLevel: 'OFF', DataTraceEnabled: false, CachingEnabled: false,\n", method, resourcePath(path))
		fmt.Fprintf(&out, "          ThrottlingRateLimit: !Select [0, %s], ThrottlingBurstLimit: !Select [1, %s]}, !Ref AWS::NoValue]\n", find, find)
	}
	return out.String()
}

// resourcePath is a path as MethodSettings have it: "/~1users~1{id}".
func resourcePath(path string) string { return "/" + strings.ReplaceAll(path, "/", "~1") }
