package sigv4

import (
	"crypto/hmac"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// compare signs the request again with AWS's signer, with the client's signed headers, and
// compares the signatures.
func (v Verifier) compare(r *http.Request, a authorization, payload string, date time.Time) error {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	again := &http.Request{
		Method: r.Method,
		Host:   r.Host,
		// Opaque is the path as sent, since the signer escapes it again.
		URL:    &url.URL{Host: r.Host, Opaque: "//" + r.Host + path, RawQuery: query},
		Header: http.Header{},
	}
	for _, name := range a.signedHeaders {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = r.ContentLength
		default:
			again.Header[http.CanonicalHeaderKey(name)] = slices.Clone(r.Header.Values(name))
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableSessionToken = true }) // it is a signed header
	if err := signer.SignHTTP(r.Context(), v.Credentials, again, payload, Service, a.region, date); err != nil {
		return refused("it cannot be computed")
	}
	if !isCanonical(query, again.URL.RawQuery) {
		return refused("the query must be percent-encoded: %XX in upper case for all but A-Z a-z 0-9 - . _ ~")
	}
	expected, err := parseAuthorization(again.Header)
	for _, name := range a.signedHeaders {
		// AWS's signer never signs headers that proxies change.
		if err == nil && !slices.Contains(expected.signedHeaders, name) {
			return refused("SignedHeaders name " + name + ", which this server cannot check")
		}
	}
	if err != nil || !slices.Equal(expected.signedHeaders, a.signedHeaders) ||
		!hmac.Equal(expected.signature, a.signature) {
		return refused("it does not match the request and the key")
	}
	return nil
}

// isCanonical reports whether a query equals the canonical one, ignoring the order. Some
// signers sign the query as sent, others decode and encode it first. Only for a canonical
// query do both result in the same signature.
func isCanonical(sent, canonical string) bool {
	pairs := func(query string) []string {
		var all []string
		for pair := range strings.SplitSeq(query, "&") {
			if !strings.Contains(pair, "=") && pair != "" {
				pair += "="
			}
			all = append(all, pair)
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(pairs(sent), pairs(canonical))
}
