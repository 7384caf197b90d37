package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"usher/internal/auth0"
	"usher/internal/skew"
)

func checkDomain(f facts) Result {
	domain, err := f.current().credentials.Domain, f.reached.err
	switch {
	case is[*net.DNSError](err):
		return wrong(fmt.Sprintf("no such host: %q", domain), `Compare the domain with the one in the Dashboard (Settings of the application); it looks like "tenant.eu.auth0.com".`)
	case err != nil && !isTLS(err) && !answered(err):
		return wrong(fmt.Sprintf("%q does not answer: %s", domain, rootCause(err)), "See whether a firewall or proxy (HTTPS_PROXY) stands between; the functions need a way to it, too.")
	}
	return fine("%q can be reached", domain)
}

// isTLS reports whether TLS kept the answer away.
func isTLS(err error) bool {
	return is[*tls.CertificateVerificationError](err) || is[x509.UnknownAuthorityError](err) || is[x509.HostnameError](err) ||
		is[tls.AlertError](err) || is[tls.RecordHeaderError](err)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// answered reports whether there was an answer, whatever it was.
func answered(err error) bool {
	return errors.Is(err, auth0.ErrNoIssuer) || statusOf(err) != 0
}

func checkTLS(f facts) Result {
	switch {
	case strings.HasPrefix(f.current().credentials.Domain, "http://"):
		return unchecked("this is a tenant on plain http, on this machine", "")
	case isTLS(f.reached.err):
		return wrong(rootCause(f.reached.err), "Nothing is sent there. If the domain is right, something stands between: a proxy that breaks TLS open, or a custom domain without its certificate.")
	case f.reached.err != nil && !answered(f.reached.err):
		return unchecked("it cannot be reached", "")
	}
	return fine("it is for this name, and from an authority that this machine trusts")
}

func checkDiscovery(f facts) Result {
	domain, err := f.current().credentials.Domain, f.reached.err
	status := statusOf(err)
	switch {
	case err != nil && !answered(err):
		return unchecked("it cannot be reached", "")
	case status >= 500:
		return wrong(fmt.Sprintf("the tenant answers %d", status), "It is down, or overloaded: see https://status.auth0.com, and try again.")
	case status == http.StatusTooManyRequests:
		return wrong("the tenant's rate limit is reached", ofRateLimit)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return wrong(fmt.Sprintf("%q answers %d: something in front of the tenant refuses", domain, status), letThrough)
	case err != nil:
		return wrong(fmt.Sprintf("%q answers, and is no tenant of Auth0: it has no OpenID Connect configuration", domain),
			"Compare the domain with the one in the Dashboard (Settings of the application). No secret was sent there.")
	case f.reached.value.Issuer != f.issuer:
		return wrong(fmt.Sprintf("the host calls itself %q, and not %q: ID tokens will be refused", f.reached.value.Issuer, f.issuer),
			"Use as domain the one that it calls itself by; a name of your own has to be set up as a custom domain at the tenant first. No secret was sent there.")
	}
	return fine("the issuer is %q", f.issuer)
}

const letThrough = "Whatever stands there, a firewall, a proxy or the tenant's own access control list, has to let this machine through, and the functions as well."

// How far apart the clocks may be. What the tenant dates further ahead than largeSkew is
// refused; and AWS refuses signatures that are five minutes off.
const (
	smallSkew = 10 * time.Second
	largeSkew = skew.Limit
)

func checkClock(f facts) Result {
	if f.reached.value.Date.IsZero() {
		return unchecked("the tenant tells no time", "")
	}
	off, direction := f.skew.Abs(), "behind"
	if f.skew < 0 {
		direction = "ahead of"
	}
	finding := fmt.Sprintf("this machine's clock is %s %s the tenant's", off.Round(time.Second), direction)
	const advice = "Set this machine's clock (NTP), and compare that of wherever the service runs; AWS Lambda's is right."
	switch {
	case off > largeSkew:
		return wrong(finding, advice)
	case off > smallSkew:
		return warn(finding, advice)
	}
	return fine("they are within %s of each other", smallSkew)
}
