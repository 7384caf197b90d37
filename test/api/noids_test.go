package api

import (
	"net/url"
	"strings"
	"testing"

	"usher/test/contract"
)

// What is sent as a user's id and is none stands in no log, nor does an id that says
// who somebody is.
func TestNoLogHoldsWhatIsNoID(t *testing.T) {
	const example = "auth0|66a1b2c3d4e5f60718293a4b"
	odd := []string{
		"v1.MRrTcJ3kQ0nH7dXw2yZ9sLpVbFgAuE5iN8oC6mK4tBq", "auth0|v1.MRrTcJ3kQ0nH7dXw2yZ9sLpVbFgAuE5iN8oC6mK4tBq",
		"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJl", "sms|+4915112345678", "auth0|4915112345678", "+4915112345678",
		"ada.lovelace@corp.example", "email|ada.lovelace@corp.example", "adfs|ada.lovelace@corp.example|S-1-5-21", "auth0|Ada Lovelace",
	}
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		for _, id := range odd {
			before := len(s.log.String())
			s.as(t, op.Method, strings.ReplaceAll(target, url.PathEscape(example), url.PathEscape(id)), strings.ReplaceAll(body, example, id))
			provider, rest, _ := strings.Cut(id, "|")
			if op.ID == "unlinkidentity" && rest != "" {
				s.as(t, op.Method, "/identities/"+url.PathEscape(example)+"/"+url.PathEscape(provider)+"/"+url.PathEscape(rest), "")
			}
			_, secret, found := strings.Cut(id, "|")
			if !found {
				secret = id
			}
			if log := s.log.String()[before:]; strings.Contains(log, secret) {
				t.Errorf("%s: the log holds %s\n%s", op.ID, id, log)
			}
		}
	})
}
