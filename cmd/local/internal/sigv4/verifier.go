package sigv4

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Service is the signed service name of calls to API Gateway.
const Service = "execute-api"

const (
	maxBody    = 10 << 20        // bytes; the gateway's limit
	clockSkew  = 5 * time.Minute // accepted difference between the clocks
	dateFormat = "20060102T150405Z"
)

// The errors of Verify. Every error wraps one of them and adds a reason. The reason never
// contains the key.
var (
	ErrUnsigned = errors.New("the request is not signed")
	ErrRefused  = errors.New("the signature is refused")
	ErrTooLarge = errors.New("the body is too large")
)

func refused(reason string) error { return fmt.Errorf("%w: %s", ErrRefused, reason) }

// Verifier verifies requests with one key pair.
type Verifier struct {
	Credentials aws.Credentials // requests must contain the session token, if there is one
	Region      string          // the signed region; "" for any
	Now         func() time.Time
}

// Verify verifies a server's request. It restores the body, so that it can be read again. It
// fails with ErrUnsigned, ErrRefused or ErrTooLarge.
func (v Verifier) Verify(r *http.Request) error {
	if r.URL.Query().Has("X-Amz-Signature") {
		return refused("it is in the query (a presigned URL), which is not supported here")
	}
	a, err := parseAuthorization(r.Header)
	if err != nil {
		return err
	}
	date, err := v.checkScope(a, r.Header)
	if err != nil {
		return err
	}
	payload, err := hashBody(r)
	if err != nil {
		return err
	}
	return v.compare(r, a, payload, date)
}

// checkScope checks the access key, the region, the service, the date and the session token.
func (v Verifier) checkScope(a authorization, h http.Header) (time.Time, error) {
	date, err := time.Parse(dateFormat, h.Get("X-Amz-Date"))
	switch {
	case len(h.Values("X-Amz-Date")) != 1 || err != nil:
		return date, refused("X-Amz-Date is not a date such as 20060102T150405Z")
	case !strings.HasPrefix(h.Get("X-Amz-Date"), a.day+"T"):
		return date, refused("the credential's day is not that of X-Amz-Date")
	case v.Now().Sub(date).Abs() > clockSkew:
		return date, refused("X-Amz-Date is more than 5 minutes off")
	case a.service != Service:
		return date, refused("it is not for the service " + Service)
	case v.Region != "" && a.region != v.Region:
		return date, refused("it is not for the region " + v.Region)
	case !same(a.accessKey, v.Credentials.AccessKeyID):
		return date, refused("the access key is unknown")
	case !same(h.Get("X-Amz-Security-Token"), v.Credentials.SessionToken):
		return date, refused("the session token does not belong to the access key")
	}
	return date, nil
}

// hashBody returns the body's SHA-256 hash in hexadecimal and restores the body.
func hashBody(r *http.Request) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return "", refused("the body cannot be read")
	case len(body) > maxBody:
		return "", ErrTooLarge
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if sent := r.Header.Values("X-Amz-Content-Sha256"); len(sent) > 0 && !slices.Equal(sent, []string{hash}) {
		return "", refused("X-Amz-Content-Sha256 is not the body's hash")
	}
	return hash, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
