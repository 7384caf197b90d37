package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"usher/internal/problem"
)

// DecodeObject is Decode for an object whose members may have any name, such
// as metadata. Its numbers are json.Number.
func DecodeObject(r *http.Request) (map[string]any, error) { return freeObject(r, TypeJSON) }

// DecodeObjectPatch is DecodeObject for a JSON merge patch (RFC 7396).
func DecodeObjectPatch(r *http.Request) (map[string]any, error) {
	return freeObject(r, TypeMergePatch, TypeJSON)
}

func freeObject(r *http.Request, mediaTypes ...string) (map[string]any, error) {
	if err := checkMediaType(r, mediaTypes); err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) {
		return nil, problem.InvalidJSON.New("The body is not UTF-8.")
	}
	if _, err := checkNames(body, nil); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	object := map[string]any{}
	if err := dec.Decode(&object); err != nil {
		return nil, problem.InvalidJSON.Wrap(err, "The JSON is broken.")
	}
	return object, nil
}
