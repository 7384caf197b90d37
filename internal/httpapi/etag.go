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

// Tagged is JSON with a strong ETag (RFC 9110, section 8.8.3). The ETag is a hash of the
// response, since the provider has no versions.
func Tagged(w http.ResponseWriter, status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return fmt.Errorf("encode the response: %w", err)
	}
	w.Header().Set("ETag", etag(body))
	writeJSON(w, status, body)
	return nil
}

// TaggedAs is Tagged for a response that contains more than the resource: its ETag is that
// of a GET of the resource.
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

// Match is the condition of a request's If-Match header (RFC 9110, section 13.1.1).
type Match struct {
	anything bool     // "*"
	tags     []string // empty without anything: no If-Match
}

// entityTags is the form of a list of entity tags.
var entityTags = regexp.MustCompile(`^(W/)?"[\x21\x23-\x7e]*"(\s*,\s*(W/)?"[\x21\x23-\x7e]*")*$`)

// IfMatch reads the header. It fails with invalid-request for a value that is neither "*"
// nor a list of entity tags.
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

// Asked reports whether there is a condition, so that the resource has to be read first.
func (m Match) Asked() bool { return m.anything || len(m.tags) > 0 }

// Check compares the condition with the ETag of v. It fails with precondition-failed. Weak tags never match.
func (m Match) Check(v any) error {
	if !m.Asked() || m.anything {
		return nil
	}
	tag, err := etagOf(v)
	if err != nil {
		return err
	}
	if !slices.Contains(m.tags, tag) {
		const detail = "The resource has changed since this ETag was issued. Fetch it again and retry."
		return problem.PreconditionFailed.New(detail)
	}
	return nil
}
