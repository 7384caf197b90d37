package contract

import (
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/operations"
)

// routes are what a function serves, sorted: "GET /users/{id}".
type routes map[string][]string

func (r routes) add(function, method, path string) {
	r[function] = append(r[function], strings.ToUpper(method)+" "+path)
	slices.Sort(r[function])
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// served is what the handlers themselves say. It is also what the local server
// mounts, which takes its operations from the same list.
func served(t *testing.T) routes {
	t.Helper()
	got := routes{}
	service := boot.New(config.Config{RedirectURIs: []string{"https://x.example/"}}, nil, slog.New(slog.DiscardHandler), time.Now)
	for _, op := range operations.All(service) {
		for _, route := range op.Routes {
			method, path, _ := strings.Cut(route, " ")
			got.add(op.Name, method, path)
		}
	}
	return got
}

func promised(t *testing.T) routes {
	got := routes{}
	for _, op := range Load(t).Operations() {
		got.add(op.Function, op.Method, op.Path)
	}
	return got
}

func deployed(t *testing.T) routes {
	got := routes{}
	for _, function := range readTemplate(t).functions() {
		for _, event := range function.Events {
			got.add(function.name(), event.Properties.Method, event.Properties.Path)
		}
	}
	return got
}

// withoutRoutes are the functions that something else than the API calls, and
// what that is, and what starts them. They are in no contract, and no server
// mounts them.
var withoutRoutes = map[string]struct{ caller, by string }{
	"authorizer":   {"API Gateway", "bearer.Authorizer("},
	"rotatesecret": {"Secrets Manager", "boot.Event("},
	"runjob":       {"the state machine", "withjobs.Worker("},
}

// Functions, contract, template and local server: what one has, all have.
func TestRoutesAgree(t *testing.T) {
	handlers := served(t)
	if diff := cmp.Diff(handlers, promised(t)); diff != "" {
		t.Errorf("handlers (-) and api/openapi.yaml (+):\n%s", diff)
	}
	if diff := cmp.Diff(handlers, deployed(t)); diff != "" {
		t.Errorf("handlers (-) and template.yaml (+):\n%s", diff)
	}
	functions := slices.AppendSeq(slices.Collect(maps.Keys(handlers)), maps.Keys(withoutRoutes))
	slices.Sort(functions)
	if diff := cmp.Diff(functions, functionFolders(t)); diff != "" {
		t.Errorf("operations and what has no routes (-) and folders in functions/ (+):\n%s", diff)
	}
}

func functionFolders(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root(t), "functions"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// A function's doc comment leads the reader to its handler; it must be true.
//
//	Command getuser serves GET /users/{id}: users.Get, in internal/users/get.go.
func TestFunctionsNameTheirHandlers(t *testing.T) {
	for function, routes := range served(t) {
		t.Run(function, func(t *testing.T) {
			served, handler, source := mainOf(t, function)
			got := strings.Split(served, " and ")
			slices.Sort(got)
			if diff := cmp.Diff(routes, got); diff != "" {
				t.Errorf("it serves %q:\n%s", served, diff)
			}
			checkHandlerComment(t, handler, source)
		})
	}
}

// Command rotatesecret serves no route, but Secrets Manager: rotation.Rotate, in internal/rotation/rotate.go.
func TestFunctionsWithoutRoutesNameTheirCallers(t *testing.T) {
	for function, is := range withoutRoutes {
		served, handler, source := mainOf(t, function)
		if served != "no route, but "+is.caller || !strings.Contains(source, is.by) {
			t.Errorf("%s serves %q, or not by %s", function, served, is.by)
		}
		checkHandlerComment(t, handler, source)
	}
	for _, f := range readTemplate(t).functions() {
		if _, ok := withoutRoutes[f.name()]; ok != (len(f.Events) == 0) {
			t.Errorf("%s has %d routes in template.yaml", f.name(), len(f.Events))
		}
	}
}

// mainOf reads a function's main, and of its doc comment what it serves and by
// which handler.
func mainOf(t *testing.T, function string) (serves, handler, source string) {
	t.Helper()
	path := filepath.Join(root(t), "functions", function, "main.go")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 20 {
		t.Errorf("%d lines: logic belongs into the domain package", lines)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comment := strings.Join(strings.Fields(file.Doc.Text()), " ")
	head, handler, _ := strings.Cut(comment, ": ")
	serves, ok := strings.CutPrefix(head, "Command "+function+" serves ")
	if !ok {
		t.Errorf("%s: the comment is %q", function, comment)
	}
	return serves, handler, string(text)
}

var innerCapital = regexp.MustCompile(`([a-z])([A-Z])`)

// snakeCase makes "block_user" of "BlockUser".
func snakeCase(name string) string {
	return strings.ToLower(innerCapital.ReplaceAllString(name, "${1}_${2}"))
}

// checkHandlerComment reads "users.Get, in internal/users/get.go.". A file has the
// name of the constructor in it.
func checkHandlerComment(t *testing.T, comment, source string) {
	name, where, ok := strings.Cut(strings.TrimSuffix(comment, "."), ", in ")
	pkg, constructor, _ := strings.Cut(name, ".")
	if want := "internal/" + pkg + "/" + snakeCase(constructor) + ".go"; where != want {
		t.Errorf("%s is in %s, want %s", name, where, want)
	}
	if !ok || !strings.Contains(source, "return "+name+"(") {
		t.Errorf("the comment names %q, which main does not return", name)
	}
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(where)))
	if err != nil || !strings.Contains(string(text), "\nfunc "+constructor+"(") {
		t.Errorf("%s is not in %q: %v", name, where, err)
	}
}
