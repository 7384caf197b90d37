package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"usher/internal/problem"
)

// MaxBody is the size of the largest accepted body, in bytes.
const MaxBody = 64 << 10

// The media types of bodies.
const (
	TypeJSON       = "application/json"
	TypeMergePatch = "application/merge-patch+json" // RFC 7396
)

// Decode reads the body, one JSON object in application/json, into the struct that into
// points to. It refuses everything that encoding/json would silently ignore or change:
// unknown, duplicate and differently cased names, a second value, and invalid UTF-8.
func Decode(r *http.Request, into any) error {
	_, err := decode(r, into, TypeJSON)
	return err
}

// DecodePatch is Decode for a JSON merge patch (RFC 7396). members has the names that were
// present: a present member that is nil in into was null.
func DecodePatch(r *http.Request, into any) (members map[string]bool, err error) {
	return decode(r, into, TypeMergePatch, TypeJSON)
}

func decode(r *http.Request, into any, mediaTypes ...string) (map[string]bool, error) {
	if err := checkMediaType(r, mediaTypes); err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return decodeObject(body, into)
}

// HasBody reports whether the request has a body.
func HasBody(r *http.Request) bool {
	return r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0
}

func checkMediaType(r *http.Request, allowed []string) error {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset, hasCharset := params["charset"]
	if err != nil || !slices.Contains(allowed, mediaType) || hasCharset && !strings.EqualFold(charset, "utf-8") {
		return problem.UnsupportedMediaType.New("Send Content-Type: " + strings.Join(allowed, " or ") + ".")
	}
	return nil
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, problem.InvalidJSON.Wrap(err, "The body could not be read completely.")
	}
	if len(body) > MaxBody {
		return nil, problem.BodyTooLarge.New(fmt.Sprintf("The body is larger than %d bytes.", MaxBody))
	}
	return body, nil
}

func decodeObject(body []byte, into any) (map[string]bool, error) {
	object, err := readObject(body)
	if err != nil {
		return nil, err
	}
	known := fieldNames(into)
	if err := checkNames(object, known); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // keeps large integers in metadata exact
	if err := dec.Decode(into); err != nil {
		return nil, decodeProblem(err, known)
	}
	members := map[string]bool{}
	for name := range object {
		members[name] = true
	}
	return members, nil
}

func fieldNames(into any) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(into).Elem()) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func decodeProblem(err error, known []string) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return problem.Invalid(wirePath(kind.Field, known), "must be "+jsonType(kind.Type)+notValue(kind.Value))
	}
	return problem.InvalidJSON.Wrap(err, "The JSON is broken.") // readObject usually reports the position first
}

// notValue names the type of the JSON value that was sent. It omits numbers, which may be
// personal data such as a telephone number.
func notValue(value string) string {
	if strings.Contains(value, " ") {
		return ""
	}
	return ", not " + value
}

// wirePath returns a member's path as in the request: encoding/json prefixes the names of embedded structs.
func wirePath(path string, known []string) string {
	for {
		first, rest, more := strings.Cut(path, ".")
		if !more || slices.Contains(known, first) {
			return path
		}
		path = rest
	}
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return jsonType(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	default:
		return "a number"
	}
}
