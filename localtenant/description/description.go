// Package description enforces what Auth0's published description of the
// Management API says of a request: its parameters, its body, their types and
// limits. It understands the part of JSON Schema that the description uses.
//
// Messages are worded as Auth0 words them ("Payload validation error: 'Expected
// type string but found type integer' on property name.").
package description

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// JSON is the description, an OpenAPI document.
//
//go:embed management-api.json
var JSON []byte

// API answers questions about the described operations.
type API struct {
	Paths      map[string]map[string]Operation `json:"paths"`
	Components struct {
		Schemas map[string]*Schema `json:"schemas"`
	} `json:"components"`

	patterns sync.Map // pattern text -> *regexp.Regexp
}

// Operation is one method of one path.
type Operation struct {
	Parameters  []Parameter `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema *Schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]json.RawMessage `json:"responses"`
	Security  []map[string][]string      `json:"security"`
}

// Parameter is a parameter in the path or the query.
type Parameter struct {
	In       string  `json:"in"`
	Name     string  `json:"name"`
	Required bool    `json:"required"`
	Schema   *Schema `json:"schema"`
}

// Load returns the embedded description, parsed. It is everybody's: to be read, and
// not to be changed.
func Load() (*API, error) { return load() }

var load = sync.OnceValues(func() (*API, error) {
	api := &API{}
	if err := json.Unmarshal(JSON, api); err != nil {
		return nil, fmt.Errorf("parse the description: %w", err)
	}
	return api, nil
})

// Operation finds what is described for a route pattern such as
// "GET /api/v2/users/{id}".
func (a *API) Operation(pattern string) (Operation, bool) {
	method, path, _ := strings.Cut(pattern, " ")
	op, ok := a.Paths[strings.TrimPrefix(path, "/api/v2")][strings.ToLower(method)]
	return op, ok
}

// Scopes are the scopes of which an operation takes any.
func (o Operation) Scopes() []string {
	for _, s := range o.Security {
		if scopes, ok := s["oAuth2ClientCredentials"]; ok {
			return scopes
		}
	}
	return nil
}

// BodySchema is the schema of a JSON body; nil where none is described.
func (o Operation) BodySchema() *Schema { return o.RequestBody.Content["application/json"].Schema }

func (a *API) regexp(pattern string) *regexp.Regexp {
	if re, ok := a.patterns.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(pattern) // a test compiles every pattern of the description
	a.patterns.Store(pattern, re)
	return re
}
