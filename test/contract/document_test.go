package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"usher/internal/problem"
)

func TestDocumentIsValid(t *testing.T) {
	if ok, faults := Load(t).validator.ValidateDocument(); !ok {
		t.Error(joined("document", faults))
	}
}

// Front-ends know nothing of who is behind the service.
func TestDocumentNeverNamesTheProvider(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.Contains(strings.ToLower(line), "auth0") {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
}

// all lists the operations, and what is declared for none.
func (c *Contract) all() []Operation { return append(c.Operations(), c.unrouted, c.gateway) }

// contents are the media types of a response, none for one without a body.
func contents(response *v3.Response) iter.Seq2[string, *v3.MediaType] {
	if response.Content == nil {
		return func(func(string, *v3.MediaType) bool) {}
	}
	return response.Content.FromOldest()
}

// codes lists the codes that a response's schema allows.
func codes(response *v3.Response) []string {
	var codes []string
	for _, content := range contents(response) {
		for _, part := range content.Schema.Schema().AllOf {
			if part.IsReference() {
				continue // Problem, whose code is any of all codes
			}
			code, ok := part.Schema().Properties.Get("code")
			if !ok {
				continue // a part that says something else
			}
			for _, node := range code.Schema().Enum {
				codes = append(codes, node.Value)
			}
		}
	}
	return codes
}

func TestEveryKindIsDeclared(t *testing.T) {
	c := Load(t)
	declared := map[string]int{} // code → status
	gateways := map[string]bool{}
	for _, op := range c.all() {
		for status, response := range op.operation.Responses.Codes.FromOldest() {
			for _, code := range codes(response) {
				n, _ := strconv.Atoi(status)
				if before, again := declared[code]; again && before != n && !takesAnyStatus(code) {
					t.Errorf("%s has status %d and, at %s, %d", code, before, op.ID, n)
				}
				declared[code] = n
				gateways[code] = gateways[code] || op.ID == c.gateway.ID
			}
		}
	}
	want := map[string]int{}
	for _, kind := range problem.All() {
		want[kind.Code] = kind.Status
	}
	for code, status := range declared {
		if gateways[code] && isGatewayOnly(code) {
			want[code] = status
		}
	}
	maps.Copy(declared, onlyInResults(t))
	if _, ok := declared[problem.PartlyUpdated.Code]; ok {
		declared[problem.PartlyUpdated.Code] = problem.PartlyUpdated.Status
	}
	if diff := cmp.Diff(want, declared); diff != "" {
		t.Errorf("problem.All() and the gateway's own codes (-) and the contract's codes (+):\n%s", diff)
	}
}

func TestEveryResponseIsComplete(t *testing.T) {
	for _, op := range Load(t).all() {
		for status, response := range op.operation.Responses.Codes.FromOldest() {
			t.Run(op.ID+" "+status, func(t *testing.T) {
				for _, name := range []string{"X-Request-Id", "Cache-Control", "X-Content-Type-Options"} {
					if h := response.Headers.GetOrZero(name); h == nil || !h.Required {
						t.Errorf("header %s is not required", name)
					}
				}
				for mediaType, content := range contents(response) {
					if content.Schema == nil || content.Examples.Len() == 0 {
						t.Errorf("%s has no schema or no example", mediaType)
					}
				}
				if status < "400" {
					return
				}
				examples := slices.Collect(maps.Keys(maps.Collect(response.Content.GetOrZero(problem.ContentType).Examples.FromOldest())))
				if diff := cmp.Diff(codes(response), examples, cmpopts.SortSlices(strings.Compare)); diff != "" {
					t.Errorf("codes (-) and examples (+):\n%s", diff)
				}
			})
		}
	}
}

// Front-ends call every operation for their staff, so each one takes the actor.
func TestEveryOperationTakesTheActor(t *testing.T) {
	declared := Load(t).model.Components.Parameters.GetOrZero("Actor")
	if declared == nil || declared.Name != "X-Actor" || declared.In != "header" || declared.Required != nil && *declared.Required {
		t.Fatalf("the parameter is %+v", declared)
	}
	for _, op := range Load(t).Operations() {
		taken := 0
		for _, p := range op.parameters("header") {
			if p.GoLow().IsReference() && p.GoLow().GetReference() == "#/components/parameters/Actor" {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("%s refers to the parameter %d times", op.ID, taken)
		}
	}
}

// Every example, with the examples of its headers, must pass the checks that
// the service's own responses have to pass.
func TestExamplesAreValid(t *testing.T) {
	c := Load(t)
	for _, op := range c.all() {
		for status, response := range op.operation.Responses.Codes.FromOldest() {
			for mediaType, content := range contents(response) {
				for name, example := range content.Examples.FromOldest() {
					t.Run(op.ID+" "+status+" "+name, func(t *testing.T) {
						checkExample(t, c, op, status, mediaType, response, example)
					})
				}
			}
		}
	}
}

func checkExample(t *testing.T, c *Contract, op Operation, status, mediaType string, declared *v3.Response, example *base.Example) {
	n, err := strconv.Atoi(status)
	if err != nil {
		t.Fatal(err)
	}
	body := asJSON(t, example, n)
	header := http.Header{"Content-Type": {mediaType}}
	for name, h := range declared.Headers.FromOldest() {
		if h.Example == nil {
			t.Fatalf("header %s has no example", name)
		}
		header.Set(name, h.Example.Value)
	}
	response := &http.Response{StatusCode: n, Header: header, Body: io.NopCloser(bytes.NewReader(body))}
	request := &http.Request{Method: op.Method, URL: &url.URL{Path: op.Path}}
	if _, err := c.checkResponse(op, request, response); err != nil {
		t.Error(err)
	}
}

// asJSON gives a problem the status at which it is an example.
func asJSON(t *testing.T, example *base.Example, status int) []byte {
	t.Helper()
	var value any
	if err := example.Value.Decode(&value); err != nil {
		t.Fatal(err)
	}
	if doc, ok := value.(map[string]any); ok && takesAnyStatus(fmt.Sprint(doc["code"])) {
		doc["status"] = status
	}
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
