package description

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// A RequestError is a request that the description does not allow.
type RequestError struct {
	Status  int    // 400 or 415
	Code    string // Auth0's errorCode
	Message string
}

// Error implements error.
func (e *RequestError) Error() string { return e.Message }

func invalid(code, prefix string, v *Violation) error {
	return &RequestError{Status: http.StatusBadRequest, Code: code, Message: prefix + " validation error: " + v.Error()}
}

// Check holds a request and its body to an operation.
func (a *API) Check(op Operation, r *http.Request, body []byte) error {
	query := r.URL.Query()
	for _, p := range op.Parameters {
		switch p.In {
		case "path":
			if v := a.check(p.Schema, r.PathValue(p.Name), p.Name); v != nil {
				return invalid("invalid_uri", "Path", v)
			}
		case "query":
			if v := a.checkQuery(p, query); v != nil {
				return invalid("invalid_query_string", "Query", v)
			}
		}
	}
	// A query parameter that is not described is let through: real tenants do so.
	return a.checkBody(op, r, body)
}

func (a *API) checkQuery(p Parameter, query url.Values) *Violation {
	values, present := query[p.Name]
	if !present {
		if p.Required {
			return &Violation{Message: "Missing required property: " + p.Name}
		}
		return nil
	}
	schema := a.resolve(p.Schema)
	if slices.Contains(schema.Type, "array") {
		for _, v := range values {
			if bad := a.check(schema.Items, v, p.Name); bad != nil {
				return bad
			}
		}
		return nil
	}
	return a.check(schema, typed(a.resolve(schema), values[0]), p.Name)
}

// typed reads the text of a query parameter as the type that is asked for; text
// that is not of that type stays text and fails the check.
func typed(s *Schema, text string) any {
	switch {
	case slices.Contains(s.Type, "integer"), slices.Contains(s.Type, "number"):
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	case slices.Contains(s.Type, "boolean"):
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

func (a *API) checkBody(op Operation, r *http.Request, body []byte) error {
	if form := op.RequestBody.Content["multipart/form-data"].Schema; form != nil {
		return a.checkForm(form, r)
	}
	schema := op.BodySchema()
	if schema == nil {
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}") // so that what is missing is named
	} else if err := checkMediaType(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	v, err := decode(body)
	if err != nil {
		return &RequestError{Status: http.StatusBadRequest, Code: "invalid_body",
			Message: "Invalid request payload JSON format"}
	}
	if bad := a.check(schema, v, ""); bad != nil {
		return invalid("invalid_body", "Payload", bad)
	}
	return nil
}

// checkForm holds a multipart form to a schema, and leaves it parsed. A file is a text.
func (a *API) checkForm(schema *Schema, r *http.Request) error {
	if err := r.ParseMultipartForm(maxForm); err != nil {
		return &RequestError{Status: http.StatusBadRequest, Code: "invalid_body", Message: "Invalid multipart payload format"}
	}
	schema = a.resolve(schema)
	v := map[string]any{}
	for name, texts := range r.MultipartForm.Value {
		v[name] = texts[0]
		if member := schema.Properties[name]; member != nil {
			v[name] = typed(a.resolve(member), texts[0])
		}
	}
	for name := range r.MultipartForm.File {
		v[name] = "a file"
	}
	if bad := a.check(schema, v, ""); bad != nil {
		return invalid("invalid_body", "Payload", bad)
	}
	return nil
}

// maxForm is how much of a form is kept in memory: all of it, as the body already is.
const maxForm = 8 << 20

func checkMediaType(header string) error {
	media, _, err := mime.ParseMediaType(header)
	if header == "" || (err == nil && media == "application/json") {
		return nil
	}
	return &RequestError{Status: http.StatusUnsupportedMediaType, Message: "Unsupported Media Type"}
}

func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}
