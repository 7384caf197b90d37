package httpapi

import "net/http"

// DecodeObject is Decode for an object with any member names, such as metadata. Its numbers are json.Number.
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
	return readObject(body)
}
