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

// compare lets AWS's signer sign what the client says that it signed.
func (v Verifier) compare(r *http.Request, a authorization, payload string, date time.Time) error {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	again := &http.Request{
		Method: r.Method,
		Host:   r.Host,
		// Opaque is the path as it was sent: the signer escapes it once more.
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
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableSessionToken = true }) // it is among the headers
	if err := signer.SignHTTP(r.Context(), v.Credentials, again, payload, Service, a.region, date); err != nil {
		return refused("it cannot be computed")
	}
	if !isCanonical(query, again.URL.RawQuery) {
		return refused("the query is not percent-encoded as the algorithm asks: %XX in capitals for all but A-Z a-z 0-9 - . _ ~")
	}
	expected, err := parseAuthorization(again.Header)
	for _, name := range a.signedHeaders {
		if err == nil && !slices.Contains(expected.signedHeaders, name) { // AWS's signer leaves out what changes on the way
			return refused("SignedHeaders name " + name + ", which this server cannot check")
		}
	}
	if err != nil || !slices.Equal(expected.signedHeaders, a.signedHeaders) || !hmac.Equal(expected.signature, a.signature) {
		return refused("it is not that of this request with this key")
	}
	return nil
}

// isCanonical reports whether a query is the canonical one but for its order.
// The signers of some languages sign it as it is sent, and others decode it and
// encode it anew: they agree where both are the same.
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
