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
	"sync"

	"usher/internal/problem"
	"usher/internal/valid"
)

// MaxBody is the size of the largest accepted body, in bytes.
const MaxBody = 64 << 10

// MaxRecordsBody is the size of the largest accepted body of the type TypeRecords, in bytes. In base64 it
// fits a Lambda event.
const MaxRecordsBody = 4_000_000

// TypeRecords is the media type of the records of a job, one JSON object in each line.
const TypeRecords = "application/x-ndjson"

// The media types of bodies.
const (
	TypeJSON       = "application/json"
	TypeMergePatch = "application/merge-patch+json" // RFC 7396
)

// Decode reads the body, one JSON object in application/json, into the struct that into
// points to. It refuses everything that encoding/json would silently ignore or change:
// unknown, duplicate and differently cased names, null, a second value, and invalid UTF-8.
func Decode(r *http.Request, into any) error {
	_, err := decode(r, into, false, TypeJSON)
	return err
}

// DecodePatch is Decode for a JSON merge patch (RFC 7396), which may have nulls. members has the
// names that were present: a present member that is nil in into was null.
func DecodePatch(r *http.Request, into any) (members map[string]bool, err error) {
	return decode(r, into, true, TypeMergePatch, TypeJSON)
}

func decode(r *http.Request, into any, nullable bool, mediaTypes ...string) (members map[string]bool, err error) {
	object, body, err := freeObject(r, mediaTypes...)
	if err != nil {
		return nil, err
	}
	types := memberTypes(into)
	if err := checkMembers(object, types, nullable); err != nil {
		return nil, err
	}
	return namesOf(object), fill(into, object, body, types)
}

func namesOf(object map[string]any) map[string]bool {
	names := map[string]bool{}
	for name := range object {
		names[name] = true
	}
	return names
}

// NoBody refuses a body.
func NoBody(r *http.Request) error {
	if HasBody(r) {
		return problem.InvalidRequest.New("This request takes no body.")
	}
	return nil
}

// HasBody reports whether the request has a body.
func HasBody(r *http.Request) bool {
	return r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0
}

// CheckMediaType refuses a body of another media type.
func CheckMediaType(r *http.Request, allowed ...string) error {
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

// fill decodes the object into a struct. Whole numbers need not be written as such: 6e2 is 600.
func fill(into any, object map[string]any, body []byte, types map[string]reflect.Type) error {
	rewritten := false
	for name, value := range object {
		if number, ok := value.(json.Number); ok && jsonType(types[name]) == wholeNumber {
			whole := valid.Whole(number)
			rewritten = rewritten || whole != number
			object[name] = whole
		}
	}
	if !rewritten && unmarshal(body, into) == nil {
		return nil
	}
	body, _ = json.Marshal(object) // sorted, so that the order of members does not choose the error
	if err := unmarshal(body, into); err != nil {
		return decodeProblem(err, types)
	}
	return nil
}

func unmarshal(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // keeps large integers in metadata exact
	return dec.Decode(into)
}

// typesOf has the result of memberTypes for each type of body: few, which are structs of handlers.
var typesOf sync.Map

// memberTypes returns the type of each member of the struct that into points to. Callers must not
// change it.
func memberTypes(into any) map[string]reflect.Type {
	body := reflect.TypeOf(into).Elem()
	if known, ok := typesOf.Load(body); ok {
		return known.(map[string]reflect.Type)
	}
	types := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(body) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			types[name] = field.Type
		}
	}
	typesOf.Store(body, types)
	return types
}

func decodeProblem(err error, known map[string]reflect.Type) error {
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
func wirePath(path string, known map[string]reflect.Type) string {
	for {
		first, rest, more := strings.Cut(path, ".")
		if _, isMember := known[first]; !more || isMember {
			return path
		}
		path = rest
	}
}

const wholeNumber = "a whole number"

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
		return wholeNumber
	default:
		return "a number"
	}
}
