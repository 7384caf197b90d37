package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"usher/internal/problem"
)

// Tagged is JSON with an ETag: a strong one (RFC 9110, section 8.8.3) that is
// made of the answer itself, since the provider keeps no version of anything.
func Tagged(w http.ResponseWriter, status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return fmt.Errorf("encode the response: %w", err)
	}
	w.Header().Set("ETag", etag(body))
	writeJSON(w, status, body)
	return nil
}

// TaggedAs is Tagged for a response that holds more than the resource: the ETag is
// that of the resource, as a GET returns it.
func TaggedAs(w http.ResponseWriter, status int, resource, response any) error {
	tag, err := etagOf(resource)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tag)
	return JSON(w, status, response)
}

func etagOf(v any) (string, error) {
	body, err := encode(v)
	if err != nil {
		return "", fmt.Errorf("encode the resource for its ETag: %w", err)
	}
	return etag(body), nil
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// Match is what a request's If-Match asks for (RFC 9110, section 13.1.1).
type Match struct {
	anything bool     // "*"
	tags     []string // empty, and anything false: the request has no If-Match
}

// entityTags is the form of a list of entity tags.
var entityTags = regexp.MustCompile(`^(W/)?"[\x21\x23-\x7e]*"(\s*,\s*(W/)?"[\x21\x23-\x7e]*")*$`)

// IfMatch reads the header. It fails with invalid-request where that is neither
// "*" nor a list of entity tags.
func IfMatch(r *http.Request) (Match, error) {
	text := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	switch {
	case len(r.Header.Values("If-Match")) == 0:
		return Match{}, nil
	case text == "*":
		return Match{anything: true}, nil
	case !entityTags.MatchString(text):
		return Match{}, problem.Invalid("If-Match", "must be * or a list of entity tags, each in quotation marks")
	}
	var tags []string
	for tag := range strings.SplitSeq(text, ",") {
		tags = append(tags, strings.TrimSpace(tag))
	}
	return Match{tags: tags}, nil
}

// Asked reports whether there is anything to check, and so to read before.
func (m Match) Asked() bool { return m.anything || len(m.tags) > 0 }

// Check compares with the ETag that v is answered with. It fails with
// precondition-failed. Weak tags never match.
func (m Match) Check(v any) error {
	if !m.Asked() || m.anything {
		return nil
	}
	tag, err := etagOf(v)
	if err != nil {
		return err
	}
	if !slices.Contains(m.tags, tag) {
		return problem.PreconditionFailed.New("The resource has changed since this ETag was issued. Fetch it again and retry.")
	}
	return nil
}
