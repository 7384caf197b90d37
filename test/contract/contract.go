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
	document   libopenapi.Document
	model      *v3.Document
	validator  validator.Validator
	operations []Operation
	unrouted   Operation // what a request gets that is for no operation
	gateway    Operation // what the API gateway answers by itself
}

// Operation is one method of one path.
type Operation struct {
	ID       string
	Function string // the function that serves it
	Method   string
	Path     string // a template: /users/{id}
	// Permission is the group of operations that it belongs to.
	Permission string
	Calls      Calls

	otherParameters bool // whether undeclared ones are ignored
	item            *v3.PathItem
	operation       *v3.Operation
}

// Calls is how often an operation calls the identity provider on a warm
// service.
type Calls struct {
	Usual int    `yaml:"usual"`
	Most  int    `yaml:"most"`
	Note  string `yaml:"note"` // when it is the most
	// Limited is how many more it makes for a front-end that is limited to
	// connections.
	Limited int `yaml:"limited"`
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
	c := &Contract{document: document, model: &built.Model}
	// Paths are matched as they stand. With servers the validator would also
	// look for their base paths, such as a stage's, in every path.
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
	op := Operation{
		ID:        operation.OperationId,
		Function:  operation.OperationId,
		Method:    strings.ToUpper(method),
		Path:      path,
		item:      item,
		operation: operation,
	}
	if node := operation.Extensions.GetOrZero("x-function"); node != nil {
		op.Function = node.Value
	}
	if node := operation.Extensions.GetOrZero("x-permission"); node != nil {
		op.Permission = node.Value
	}
	if node := operation.Extensions.GetOrZero("x-other-parameters"); node != nil {
		op.otherParameters = node.Value == "ignored"
	}
	node := operation.Extensions.GetOrZero("x-provider-calls")
	if node == nil {
		return op, fmt.Errorf("%s has no x-provider-calls", op.ID)
	}
	return op, node.Decode(&op.Calls)
}

// moduleRoot finds the folder of go.mod from a test's working directory, which
// is its package's.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}
