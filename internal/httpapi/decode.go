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

// MaxBody is the largest body that is read, in bytes.
const MaxBody = 64 << 10

// The media types that bodies come in.
const (
	TypeJSON       = "application/json"
	TypeMergePatch = "application/merge-patch+json" // RFC 7396
)

// Decode reads the body, one JSON object, into the struct that into points to.
// It is strict, so that nothing a client sent is silently lost: it refuses
// unknown, repeated and differently cased names, a second value, and text that
// is not UTF-8. It takes application/json.
func Decode(r *http.Request, into any) error {
	_, err := decode(r, into, TypeJSON)
	return err
}

// DecodePatch is Decode for a JSON merge patch (RFC 7396). It tells which
// members were there: one that was, and is nil in into, was null.
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

// HasBody reports whether the request carries a body.
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
		return nil, problem.InvalidJSON.Wrap(err, "The body could not be read to its end.")
	}
	if len(body) > MaxBody {
		return nil, problem.BodyTooLarge.New(fmt.Sprintf("A body may have %d bytes at most.", MaxBody))
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
	dec.UseNumber() // a large integer in metadata stays what it is
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
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return problem.Invalid(wirePath(kind.Field, known), "must be "+jsonType(kind.Type)+notValue(kind.Value))
	}
	return problem.InvalidJSON.Wrap(err, "The JSON is broken.") // readObject has said where, as a rule
}

// notValue names the kind of JSON that was sent, but no number that came with it,
// which may be anybody's telephone.
func notValue(value string) string {
	if strings.Contains(value, " ") {
		return ""
	}
	return ", not " + value
}

// wirePath is a member's path as a client knows it: encoding/json puts the
// names of embedded structs in front.
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
