package contract

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// Contract is api/openapi.yaml, ready to hold requests and responses to.
type Contract struct {
	model      *v3.Document
	validator  validator.Validator
	operations []Operation
	unrouted   Operation // responses to requests for no operation
	gateway    Operation // the API gateway's own responses
}

// Operation is one method of one path.
type Operation struct {
	ID         string // in lower case
	Function   string // the function that serves it
	Method     string
	Path       string // a template: /users/{id}
	Permission string // its group of operations
	Calls      Calls

	otherParameters bool // whether undeclared ones are ignored
	item            *v3.PathItem
	operation       *v3.Operation
}

// Calls are the numbers of calls to the identity provider on a warm service.
type Calls struct {
	Usual   int `yaml:"usual"`
	Most    int `yaml:"most"`
	Limited int `yaml:"limited"` // additional calls for a front-end that is limited to connections
}

var load = sync.OnceValues(func() (*Contract, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		return nil, err
	}
	return parse(text)
})

// Load returns the contract. It is read once for all tests of a package.
func Load(tb testing.TB) *Contract {
	tb.Helper()
	c, err := load()
	if err != nil {
		tb.Fatalf("load the contract: %v", err)
	}
	return c
}

// WithoutJobs returns the operations that need no storage of jobs.
func (c *Contract) WithoutJobs() []Operation {
	ofJobs := func(o Operation) bool {
		return slices.ContainsFunc(strings.Fields(o.Permission), func(group string) bool {
			return slices.Contains([]string{"UsherBulk", "UsherImport", "UsherBulkDelete", "UsherExport"}, group)
		})
	}
	return slices.DeleteFunc(c.Operations(), ofJobs)
}

// Operations lists the contract's operations by path and method.
func (c *Contract) Operations() []Operation { return slices.Clone(c.operations) }

func parse(text []byte) (*Contract, error) {
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	built, err := document.BuildV3Model()
	if err != nil {
		return nil, err
	}
	c := &Contract{model: &built.Model}
	// With servers, the validator would expect their base paths, such as a stage's.
	c.model.Servers = nil
	c.validator = validator.NewValidatorFromV3Model(c.model,
		config.WithFormatAssertions(), config.WithoutSecurityValidation(), config.WithRejectUndeclaredRequestBody())
	c.validator.SetDocument(document)
	return c, c.readOperations()
}

func (c *Contract) readOperations() error {
	var errs []error
	for path, item := range c.model.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			op, err := newOperation(method, path, item, operation)
			errs = append(errs, err)
			c.operations = append(c.operations, op)
		}
	}
	slices.SortFunc(c.operations, func(a, b Operation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	for name, into := range map[string]*Operation{"Unrouted": &c.unrouted, "Gateway": &c.gateway} {
		item := c.model.Components.PathItems.GetOrZero(name)
		if item == nil || item.Get == nil {
			errs = append(errs, fmt.Errorf("components.pathItems has no %s", name))
			continue
		}
		*into = Operation{ID: name, Method: "GET", Path: "/" + name, item: item, operation: item.Get}
	}
	return errors.Join(errs...)
}

func newOperation(method, path string, item *v3.PathItem, operation *v3.Operation) (Operation, error) {
	extension := func(name string) string {
		if node := operation.Extensions.GetOrZero(name); node != nil {
			return node.Value
		}
		return ""
	}
	op := Operation{
		ID:              strings.ToLower(operation.OperationId),
		Function:        extension("x-function"),
		Method:          strings.ToUpper(method),
		Path:            path,
		Permission:      extension("x-permission"),
		otherParameters: extension("x-other-parameters") == "ignored",
		item:            item,
		operation:       operation,
	}
	node := operation.Extensions.GetOrZero("x-provider-calls")
	if node == nil {
		return op, fmt.Errorf("%s has no x-provider-calls", op.ID)
	}
	return op, node.Decode(&op.Calls)
}

// moduleRoot finds the folder of go.mod above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
