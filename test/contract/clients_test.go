package contract

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// The forms that generators of clients refuse or translate badly. docs/clients.md names the generators.

type object = map[string]any

// document returns the contract as YAML's plain values.
func document(t *testing.T) object {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc object
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// walk calls visit for every object in value, with its path.
func walk(value any, path []string, visit func(path []string, o object)) {
	switch v := value.(type) {
	case object:
		visit(path, v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			walk(v[name], append(slices.Clone(path), name), visit)
		}
	case []any:
		for i, element := range v {
			walk(element, append(slices.Clone(path), fmt.Sprint(i)), visit)
		}
	}
}

// faultsForClients lists the forms in a document that generated clients suffer from.
func faultsForClients(doc object) (faults []string) {
	say := func(path []string, format string, args ...any) {
		faults = append(faults, strings.Join(path, ".")+": "+fmt.Sprintf(format, args...))
	}
	used := map[string]bool{}
	walk(doc, nil, func(path []string, o object) {
		if ref, ok := o["$ref"].(string); ok {
			used[ref] = true
		}
		if slices.Contains(path, "examples") || slices.Contains(path, "example") {
			return
		}
		last := ""
		if len(path) > 0 {
			last = path[len(path)-1]
		}
		properties, _ := o["properties"].(object)
		for name, schema := range properties {
			if _, isBoolean := schema.(bool); isBoolean {
				say(path, "%s is a boolean schema", name)
			}
		}
		isNamed := len(path) == 3 && path[1] == "schemas" || slices.Contains(path, "allOf") || last == "if" || last == "then" || last == "else"
		if properties != nil && last != "properties" && !isNamed {
			say(path, "an object without a name")
		}
		if parameters, ok := o["parameters"].([]any); ok && last != "components" && !endsInShared(parameters) {
			say(path, "the last parameters are not the request ID and the actor")
		}
	})
	used["#/components/pathItems/Unrouted"], used["#/components/pathItems/Gateway"] = true, true
	for kind, components := range doc["components"].(object) {
		for name := range components.(object) {
			if kind != "securitySchemes" && !used["#/components/"+kind+"/"+name] {
				faults = append(faults, kind+"."+name+" is not used")
			}
		}
	}
	for _, schema := range bodies(doc) {
		walk(resolved(doc, schema, 12), nil, func(path []string, o object) {
			isMembers := len(path) > 0 && path[len(path)-1] == "properties" // one of which may have this name
			if value, has := o["default"]; has && !isMembers {
				say(path, "a member of a body has the default %v", value)
			}
		})
	}
	slices.Sort(faults)
	return faults
}

// shared are the parameters of every operation, in the order in which the contract got them. Clients
// pass parameters by position in some languages, so a later one goes to the end.
var shared = []any{object{"$ref": "#/components/parameters/RequestId"}, object{"$ref": "#/components/parameters/Actor"}}

// endsInShared reports whether the shared parameters are the last ones, or none is in the list.
func endsInShared(parameters []any) bool {
	for i, p := range parameters {
		if reflect.DeepEqual(p, shared[0]) || reflect.DeepEqual(p, shared[1]) {
			return reflect.DeepEqual(parameters[i:], shared)
		}
	}
	return true
}

// bodies returns the schemas of all request bodies.
func bodies(doc object) (all []any) {
	for _, item := range doc["paths"].(object) {
		for _, operation := range item.(object) {
			o, _ := operation.(object)
			body, _ := o["requestBody"].(object)
			content, _ := body["content"].(object)
			for _, media := range content {
				all = append(all, media.(object)["schema"])
			}
		}
	}
	return all
}

// resolved replaces references by what they name, down to a depth.
func resolved(doc object, value any, depth int) any {
	switch v := value.(type) {
	case object:
		out := object{}
		for name, member := range v {
			if ref, ok := member.(string); ok && name == "$ref" && depth > 0 {
				named := doc["components"].(object)["schemas"].(object)[strings.TrimPrefix(ref, "#/components/schemas/")]
				maps.Copy(out, resolved(doc, named, depth-1).(object))
				continue
			}
			out[name] = resolved(doc, member, depth)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = resolved(doc, v[i], depth)
		}
		return out
	}
	return value
}

func TestContractSuitsGeneratedClients(t *testing.T) {
	if diff := cmp.Diff([]string(nil), faultsForClients(document(t))); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsForClientsAreFound(t *testing.T) {
	schemas := func(doc object) object { return doc["components"].(object)["schemas"].(object) }
	newUser := func(doc object) object { return schemas(doc)["NewUser"].(object)["properties"].(object) }
	for name, tt := range map[string]struct {
		change func(object)
		want   string
	}{
		"a boolean schema":  {func(d object) { newUser(d)["usher"] = false }, "components.schemas.NewUser: usher is a boolean schema"},
		"an unused schema":  {func(d object) { schemas(d)["Spare"] = object{"type": "string"} }, "schemas.Spare is not used"},
		"an inline object":  {func(d object) { newUser(d)["x"] = object{"type": "object", "properties": object{}} }, "components.schemas.NewUser.properties.x: an object without a name"},
		"a default":         {func(d object) { newUser(d)["x"] = object{"type": "boolean", "default": false} }, "properties.x: a member of a body has the default false"},
		"a default, behind": {func(d object) { schemas(d)["Password"].(object)["default"] = "x" }, "properties.password: a member of a body has the default x"},
		"the request ID first": {func(d object) {
			get := d["paths"].(object)["/users"].(object)["get"].(object)
			parameters := get["parameters"].([]any)
			slices.Reverse(parameters)
		}, "paths./users.get: the last parameters are not the request ID and the actor"},
		"the actor before it": {func(d object) {
			get := d["paths"].(object)["/roles"].(object)["get"].(object)
			slices.Reverse(get["parameters"].([]any))
		}, "paths./roles.get: the last parameters are not the request ID and the actor"},
	} {
		doc := document(t)
		tt.change(doc)
		if faults := faultsForClients(doc); !slices.Contains(faults, tt.want) {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

// camelCase is a form that every generator translates into its language's.
var camelCase = regexp.MustCompile(`^[a-z]+([A-Z][a-z]+)*$`)

func TestEveryOperationSuitsGeneratedClients(t *testing.T) {
	for _, op := range Load(t).Operations() {
		if op.Function == "" || !camelCase.MatchString(op.operation.OperationId) {
			t.Errorf("operationId %q, x-function %q", op.operation.OperationId, op.Function)
		}
		if op.operation.Responses.Default == nil {
			t.Errorf("%s has no default response", op.ID)
		}
	}
}

// The named problems narrow Problem's code, so that clients can branch on the codes of each response.
func TestProblemCodesAreComplete(t *testing.T) {
	c := Load(t)
	declared := map[string]bool{}
	for _, op := range c.all() {
		for _, response := range op.operation.Responses.Codes.FromOldest() {
			for _, code := range codes(response) {
				declared[code] = true
			}
		}
	}
	for code := range onlyInResults(t) {
		declared[code] = true
	}
	var listed []string
	for _, code := range document(t)["components"].(object)["schemas"].(object)["ProblemCode"].(object)["enum"].([]any) {
		listed = append(listed, code.(string))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(declared)), listed); diff != "" {
		t.Errorf("the responses' codes (-) and ProblemCode (+):\n%s", diff)
	}
}
