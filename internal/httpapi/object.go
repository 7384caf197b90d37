package httpapi

import "net/http"

// DecodeObject is Decode for an object with any member names, such as metadata. Its numbers are json.Number.
func DecodeObject(r *http.Request) (map[string]any, error) {
	object, _, err := freeObject(r, TypeJSON)
	return object, err
}

// DecodeObjectPatch is DecodeObject for a JSON merge patch (RFC 7396).
func DecodeObjectPatch(r *http.Request) (map[string]any, error) {
	object, _, err := freeObject(r, TypeMergePatch, TypeJSON)
	return object, err
}

// freeObject returns the body's object, and the body.
func freeObject(r *http.Request, mediaTypes ...string) (object map[string]any, body []byte, err error) {
	if err := CheckMediaType(r, mediaTypes...); err != nil {
		return nil, nil, err
	}
	if body, err = readBody(r); err != nil {
		return nil, nil, err
	}
	object, err = readObject(body, "body")
	return object, body, err
}
