package sigv4

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

const algorithm = "AWS4-HMAC-SHA256"

// authorization is a parsed Authorization header.
type authorization struct {
	accessKey     string
	day, region   string
	service       string
	signedHeaders []string // in lower case, sorted
	signature     []byte
}

// parseAuthorization parses the Authorization header. It fails with ErrUnsigned if there is
// none with this algorithm, and with ErrRefused if it is malformed.
func parseAuthorization(h http.Header) (authorization, error) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return authorization{}, ErrUnsigned
	}
	rest, ours := strings.CutPrefix(values[0], algorithm+" ")
	switch {
	case len(values) > 1:
		return authorization{}, refused("there is more than one Authorization header")
	case !ours:
		return authorization{}, ErrUnsigned
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := parts[name]; twice {
			return authorization{}, refused("Authorization names " + name + " twice")
		}
		parts[name] = value
	}
	a := authorization{}
	scope := strings.Split(parts["Credential"], "/")
	if len(parts) != 3 || len(scope) != 5 || scope[4] != "aws4_request" {
		return authorization{}, refused("Authorization is not Credential=KEY/DAY/REGION/SERVICE/aws4_request, " +
			"SignedHeaders=…, Signature=…")
	}
	a.accessKey, a.day, a.region, a.service = scope[0], scope[1], scope[2], scope[3]
	a.signedHeaders = strings.Split(parts["SignedHeaders"], ";")
	var err error
	if a.signature, err = hex.DecodeString(parts["Signature"]); err != nil || len(a.signature) != 32 {
		return authorization{}, refused("the signature is not 64 hexadecimal digits")
	}
	return a, a.checkHeaders(h)
}

// checkHeaders checks that the required headers are signed: the host, the date, and all
// x-amz- headers.
func (a authorization) checkHeaders(h http.Header) error {
	unique := slices.Compact(slices.Clone(a.signedHeaders))
	if !slices.IsSorted(a.signedHeaders) || len(unique) != len(a.signedHeaders) {
		return refused("SignedHeaders are not sorted, or name one twice")
	}
	for _, name := range a.signedHeaders {
		if name == "" || name != strings.ToLower(name) {
			return refused("SignedHeaders are not in lower case")
		}
		if name != "host" && len(h.Values(name)) == 0 && name != "content-length" {
			return refused("SignedHeaders name a missing header")
		}
	}
	for name := range h {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(a.signedHeaders, lower) {
			return refused("the header " + lower + " is not signed")
		}
	}
	if !slices.Contains(a.signedHeaders, "host") || !slices.Contains(a.signedHeaders, "x-amz-date") {
		return refused("host and x-amz-date must be signed")
	}
	return nil
}
