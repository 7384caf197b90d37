package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// anyDomain stands for all domains in importRules.
const anyDomain = "any domain"

// domainRule is what a domain may import beside the standard library: never another
// domain, an SDK or the environment. A package directly below internal/ is a domain
// unless importRules names it, so that a new domain needs no entry.
var domainRule = []string{"internal/address", "internal/api", "internal/httpapi", "internal/limits", "internal/nonce", "internal/permission", "internal/problem", "internal/valid"}

// importRules says what every other package may import beside the standard library
// and the folders below itself. A name ending in /... stands for all below, too.
var importRules = map[string][]string{
	// What knows nothing of this service.
	"internal/address":             {},
	"internal/loopback":            {},
	"internal/permission":          {},
	"internal/problem":             {},
	"internal/quota":               {},
	"internal/shared":              {},
	"internal/skew":                {},
	"internal/strictjson":          {},
	"internal/version":             {},
	"internal/imports/credentials": {"internal/valid"},
	"internal/nonce":               {"internal/problem"},
	"internal/valid":               {"internal/problem"},
	"internal/jwks":                {"internal/loopback", "internal/shared", "github.com/go-jose/go-jose/...", "golang.org/x/sync/..."},

	// The way of a request.
	"internal/httpapi": {"internal/problem", "internal/quota", "internal/strictjson", "internal/valid", "internal/version"},
	"internal/limits":  {"internal/httpapi", "internal/problem", "internal/strictjson", "internal/valid"},
	"internal/api":     {"internal/httpapi", "internal/limits", "internal/permission", "internal/problem", "internal/quota"},
	"internal/gateway": {"internal/api", "internal/httpapi", "internal/problem", "internal/skew", "github.com/aws/aws-lambda-go/...", "github.com/awslabs/aws-lambda-go-api-proxy/..."},
	"internal/metrics": {"internal/httpapi", "internal/quota"},

	// Jobs. internal/bulk is above the domains.
	"internal/jobs":           {"internal/api", "internal/httpapi", "internal/permission", "internal/problem", "internal/quota", "internal/valid"},
	"internal/jobs/onaws":     {"internal/jobs", "internal/problem", "github.com/aws/aws-sdk-go-v2/...", "github.com/aws/smithy-go/..."},
	"internal/jobs/storetest": {"internal/jobs", "github.com/google/go-cmp/..."},
	"internal/bulk":           {anyDomain, "internal/imports/credentials", "internal/address", "internal/api", "internal/httpapi", "internal/jobs", "internal/limits", "internal/permission", "internal/problem", "internal/quota", "internal/strictjson", "internal/valid"},

	// Secrets and providers.
	"internal/secrets":    {"internal/loopback", "internal/problem", "internal/shared", "github.com/aws/aws-sdk-go-v2/...", "golang.org/x/sync/..."},
	"internal/seal":       {"internal/secrets"},
	"internal/authorizer": {"internal/jwks", "internal/permission", "internal/skew", "internal/strictjson", "github.com/aws/aws-lambda-go/..."},
	"internal/rotation":   {"internal/secrets", "internal/problem"},
	"internal/auth0": {anyDomain, "internal/address", "internal/jwks", "internal/limits", "internal/nonce", "internal/problem", "internal/quota", "internal/secrets", "internal/shared", "internal/skew", "internal/strictjson",
		"github.com/auth0/go-auth0/...", "github.com/tidwall/gjson/...", "golang.org/x/oauth2/...", "golang.org/x/sync/..."},

	// Wiring.
	"internal/config":        {"internal/limits", "internal/loopback", "internal/quota"},
	"internal/boot/roots":    {},
	"internal/boot/bearer":   {"internal/authorizer", "internal/boot/roots", "internal/config", "internal/httpapi", "internal/jwks", "internal/metrics", "github.com/aws/aws-lambda-go/..."},
	"internal/boot/withjobs": {"internal/boot", "internal/jobs", "internal/jobs/onaws"},
	"internal/boot": {anyDomain, "internal/api", "internal/auth0", "internal/config", "internal/gateway", "internal/httpapi", "internal/jobs", "internal/metrics", "internal/problem", "internal/seal", "internal/secrets",
		"github.com/aws/aws-lambda-go/..."},
	"functions": {anyDomain, "internal/authorizer", "internal/boot", "internal/boot/bearer", "internal/boot/withjobs", "internal/bulk", "internal/jobs", "internal/rotation"}, // and one domain only

	// What is never deployed.
	"localtenant":                     {"internal/address", "github.com/boombuler/barcode/...", "github.com/go-jose/go-jose/...", "golang.org/x/crypto/..."},
	"operations/describe":             {"internal/api", "internal/boot", "internal/config", "internal/permission", "internal/quota", "operations", "operations/caps", "gopkg.in/yaml.v3"},
	"operations/caps":                 {"internal/api", "internal/permission", "internal/quota"},
	"operations":                      {anyDomain, "internal/api", "internal/boot", "internal/bulk", "internal/httpapi", "internal/jobs", "internal/jobs/folder"},
	"cmd/internal/guard":              {"internal/loopback"},
	"cmd/internal/envfile":            {"internal/config", "internal/quota", "internal/secrets", "github.com/joho/godotenv"},
	"api":                             {},
	"cmd/local/internal/docs":         {"api"},
	"cmd/local/internal/sigv4":        {"github.com/aws/aws-sdk-go-v2/..."},
	"cmd/doctor/internal/awsapi":      {"github.com/aws/aws-sdk-go-v2/..."},
	"cmd/doctor/internal/vpcendpoint": {"cmd/doctor/internal/awsapi"},
	"cmd/doctor/internal/samconfig":   {},
	"cmd/doctor/internal/doctor":      {"cmd/doctor/internal/awsapi", "cmd/doctor/internal/samconfig", "cmd/doctor/internal/vpcendpoint", "internal/auth0", "internal/config", "internal/limits", "internal/loopback", "internal/permission", "internal/secrets", "internal/skew"},
	"cmd/doctor":                      {"cmd/internal/envfile", "internal/config", "internal/permission"},
	"cmd/console":                     {"cmd/internal/console/..."},
	"cmd/internal/console":            {"github.com/aws/aws-sdk-go-v2/...", "golang.org/x/sync/..."}, // a front-end: nothing of the service
	"cmd/local": {"cmd/internal/console/...", "cmd/internal/envfile", "cmd/internal/guard", "internal/loopback", "internal/api", "internal/authorizer", "internal/boot", "internal/boot/bearer", "internal/config", "internal/httpapi", "internal/limits",
		"internal/permission", "internal/problem", "internal/quota", "internal/secrets", "internal/version", "localtenant", "operations", "github.com/aws/aws-sdk-go-v2/aws"},
	"bench/quota":                  {}, // tests only
	"cmd/localtenant":              {"cmd/internal/guard", "internal/loopback", "localtenant"},
	"cmd/sizes":                    {},
	"bench/cold":                   {"localtenant", "test/testkit/..."},
	"cmd/sbom":                     {"github.com/CycloneDX/cyclonedx-go", "github.com/google/licensecheck"},
	"internal/api/apitest":         {"internal/api", "internal/httpapi", "internal/limits", "internal/permission", "internal/problem", "github.com/google/go-cmp/..."},
	"internal/limits/limitstest":   {"internal/httpapi", "internal/limits"},
	"internal/secrets/secretstest": {"internal/problem", "internal/secrets", "test/testkit/...", "github.com/aws/aws-sdk-go-v2/..."},
	"test/contract":                {"internal/problem", "github.com/pb33f/..."},
	"test/testkit":                 {"internal/secrets", "localtenant", "github.com/aws/aws-lambda-go/...", "github.com/aws/aws-sdk-go-v2/...", "github.com/chromedp/...", "github.com/go-jose/go-jose/..."},
	"bench": {anyDomain, "internal/api", "internal/auth0", "internal/boot", "internal/config", "internal/gateway", "internal/httpapi", "internal/metrics", "internal/seal", "internal/secrets", "localtenant", "operations", "test/testkit/...",
		"github.com/aws/aws-lambda-go/...", "github.com/go-jose/go-jose/..."},
	"examples":               {"github.com/aws/aws-sdk-go-v2/..."}, // nothing of ours: a front-end's team has none of it
	"test":                   {},                                   // tests only
	"test/testkit/container": {"internal/boot", "internal/gateway", "internal/httpapi", "operations", "test/testkit/...", "github.com/aws/aws-lambda-go/..."},
}

// environmentRules says who may look at the process's environment: packages
// that do can be made for one machine only.
// internal/secrets finds a role's credentials there.
var environmentRules = []string{"internal/boot", "internal/jobs/folder", "internal/jobs/onaws", "internal/secrets", "bench", "localtenant", "operations/generate", "operations/describe", "cmd", "examples", "test/contract", "test/testkit"}

// withoutOperations are what a function may serve in place of a domain.
var withoutOperations = []string{"internal/authorizer", "internal/bulk", "internal/jobs", "internal/rotation"}

// isDomain reports whether the package holds operations.
func isDomain(path string) bool {
	name, below := strings.CutPrefix(path, "internal/")
	_, named := importRules[path]
	return below && !named && !strings.Contains(name, "/")
}

// leftOut is what a function is not built with: the gateway waits for the
// authorizer before every new token's first call.
var leftOut = map[string][]string{
	"functions/getuser":    {"github.com/aws/aws-sdk-go-v2/service/s3/...", "github.com/aws/aws-sdk-go-v2/service/sfn/..."}, // as all without jobs
	"functions/authorizer": {"internal/auth0", "internal/secrets", "github.com/auth0/go-auth0/...", "github.com/aws/aws-sdk-go-v2/..."},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

const module = "usher/"

// packages lists the module's packages as they are built, without tests.
func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		faults := importFaults(p)
		for _, fault := range faults {
			t.Error(fault)
		}
	}
}

// importFaults lists how a package breaks the rules.
func importFaults(p goPackage) []string {
	rule, allowed := ruleOf(p.ImportPath)
	if rule == "" {
		return []string{p.ImportPath + " has no rule in importRules"}
	}
	var faults []string
	for _, imported := range p.Imports {
		ours, isOurs := strings.CutPrefix(imported, module)
		isStandard := !isOurs && !strings.Contains(strings.Split(imported, "/")[0], ".")
		below := isOurs && under(ours, rule+"/...") && rule != "functions"
		isAllowed := func(a string) bool {
			return under(strings.TrimPrefix(imported, module), a) || a == anyDomain && isOurs && isDomain(ours)
		}
		if !isStandard && !below && !slices.ContainsFunc(allowed, isAllowed) {
			faults = append(faults, p.ImportPath+" must not import "+imported)
		}
	}
	if slices.Contains(p.Imports, "os") && !slices.ContainsFunc(environmentRules, func(a string) bool { return under(p.ImportPath, a+"/...") }) {
		faults = append(faults, p.ImportPath+" must not import os")
	}
	if rule == "functions" {
		faults = append(faults, functionFaults(p)...)
	}
	return faults
}

// notInFunctions is what is for commands and tests only.
var notInFunctions = []string{"api", "bench/...", "cmd/...", "localtenant/...", "operations/...", "test/...", "internal/api/apitest", "internal/jobs/folder", "internal/jobs/storetest", "internal/limits/limitstest", "internal/secrets/secretstest"}

func functionFaults(p goPackage) []string {
	var faults []string
	isOther := func(imported string) bool {
		ours := strings.TrimPrefix(imported, module)
		return !isDomain(ours) && !slices.Contains(withoutOperations, ours)
	}
	if own := slices.DeleteFunc(slices.Clone(p.Imports), isOther); len(own) != 1 {
		faults = append(faults, p.ImportPath+" must import one domain")
	}
	for _, dep := range p.Deps {
		ours := strings.TrimPrefix(dep, module)
		if slices.ContainsFunc(notInFunctions, func(a string) bool { return under(ours, a) }) {
			faults = append(faults, p.ImportPath+" must not be built with "+dep)
		}
		if slices.ContainsFunc(leftOut[p.ImportPath], func(out string) bool { return under(ours, out) }) {
			faults = append(faults, p.ImportPath+" must not be built with "+dep)
		}
	}
	return faults
}

// ruleOf finds the rule for a package, or for the folder that it is below.
func ruleOf(path string) (rule string, allowed []string) {
	if isDomain(path) {
		return path, domainRule
	}
	for folder := path; folder != ""; {
		if allowed, ok := importRules[folder]; ok {
			return folder, allowed
		}
		i := strings.LastIndex(folder, "/")
		folder = folder[:max(i, 0)]
	}
	return "", nil
}

func under(path, pattern string) bool {
	folder, all := strings.CutSuffix(pattern, "/...")
	return path == folder || all && strings.HasPrefix(path, folder+"/")
}

// The rules themselves, each broken once.
func TestImportFaults(t *testing.T) {
	tests := map[string]struct {
		from    string
		imports []string
		deps    []string
		want    string
	}{
		"a domain and another":           {"internal/users", []string{"usher/internal/session"}, nil, "must not import usher/internal/session"},
		"a domain and the provider":      {"internal/users", []string{"github.com/auth0/go-auth0/v3/management"}, nil, "must not import github.com/auth0"},
		"a domain and boot":              {"internal/session", []string{"usher/internal/boot"}, nil, "must not import usher/internal/boot"},
		"a domain and the environment":   {"internal/users", []string{"os"}, nil, "must not import os"},
		"problems and more":              {"internal/problem", []string{"usher/internal/httpapi"}, nil, "must not import"},
		"HTTP and Lambda":                {"internal/httpapi", []string{"github.com/aws/aws-lambda-go/events"}, nil, "must not import"},
		"the provider and HTTP":          {"internal/auth0", []string{"usher/internal/httpapi"}, nil, "must not import"},
		"boot and the local tenant":      {"internal/boot", []string{"usher/localtenant"}, nil, "must not import"},
		"a function and two domains":     {"functions/x", []string{"usher/internal/boot", "usher/internal/users", "usher/internal/session"}, nil, "one domain"},
		"a function and no domain":       {"functions/x", []string{"usher/internal/boot"}, nil, "one domain"},
		"a function and another":         {"functions/x", []string{"usher/internal/users", "usher/functions/y"}, nil, "must not import usher/functions/y"},
		"a function and an SDK":          {"functions/x", []string{"usher/internal/users", "github.com/aws/aws-sdk-go-v2/config"}, nil, "must not import"},
		"a function over a local tenant": {"functions/x", []string{"usher/internal/users"}, []string{"usher/localtenant/search"}, "must not be built with"},
		"a function over a verifier":     {"functions/x", []string{"usher/internal/users"}, []string{"usher/cmd/local/internal/sigv4"}, "must not be built with"},
		"a function over the contract":   {"functions/x", []string{"usher/internal/users"}, []string{"usher/api"}, "must not be built with"},
		"a function over the docs":       {"functions/x", []string{"usher/internal/users"}, []string{"usher/cmd/local/internal/docs"}, "must not be built with"},
		"a domain and the contract":      {"internal/users", []string{"usher/api"}, nil, "must not import usher/api"},
		"boot and the contract":          {"internal/boot", []string{"usher/api"}, nil, "must not import usher/api"},
		"a function over the doctor":     {"functions/x", []string{"usher/internal/users"}, []string{"usher/cmd/doctor/internal/doctor"}, "must not be built with"},
		"an authorizer over a provider":  {"functions/authorizer", []string{"usher/internal/authorizer"}, []string{"github.com/auth0/go-auth0/v3/management/client"}, "must not be built with"},
		"an authorizer over the secret":  {"functions/authorizer", []string{"usher/internal/authorizer"}, []string{"usher/internal/secrets"}, "must not be built with"},
		"the console and ours":           {"cmd/internal/console/web", []string{"usher/internal/problem"}, nil, "must not import usher/internal/problem"},
		"the console and the tenant":     {"cmd/console", []string{"usher/localtenant"}, nil, "must not import usher/localtenant"},
		"a function over the console":    {"functions/x", []string{"usher/internal/users"}, []string{"usher/cmd/internal/console"}, "must not be built with"},
		"an example and ours":            {"examples/x", []string{"usher/internal/problem"}, nil, "must not import usher/internal/problem"},
		"a new domain and the provider":  {"internal/new", []string{"usher/internal/auth0"}, nil, "must not import usher/internal/auth0"},
		"a stranger":                     {"shared", nil, nil, "has no rule"},
		"a name that begins alike":       {"internal/httpapi", []string{"usher/internal/problematic"}, nil, "must not import"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(importFaults(goPackage{ImportPath: tt.from, Imports: tt.imports, Deps: tt.deps}), "\n")
			if !strings.Contains(got, tt.want) || strings.Count(got, "\n") > 0 {
				t.Errorf("got %q, want one that says %q", got, tt.want)
			}
		})
	}
}

// A path parameter reaches a handler by its declaration only: api hands it over once it
// is checked.
func TestOnlyHTTPAPIReadsPathParameters(t *testing.T) {
	for _, dir := range []string{"internal", "functions", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root(t), dir), func(path string, entry fs.DirEntry, err error) error {
			isOther := strings.Contains(path, "/internal/httpapi/") || strings.Contains(path, "/internal/console/") || strings.HasSuffix(path, "_test.go")
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || isOther {
				return err
			}
			source, err := os.ReadFile(path)
			if bytes.Contains(source, []byte("PathValue")) {
				t.Errorf("%s: use api.Call", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
