package api

import (
	"net/url"
	"regexp"
	"testing"

	"usher/localtenant"
	"usher/test/contract"
)

var parameter = regexp.MustCompile(`\{[a-z_]+\}`)

// What clients make up, names and ids, may be anything that they have: an address, a
// password. Whatever becomes of the request, no log has it.
func TestNoOperationLogsWhatClientsMakeUp(t *testing.T) {
	const address, password = "bob@secret-mail.com", "Sup3r-S3cret-Pw"
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		s.calm(t)
		s.canaries.add(private, address)
		s.canaries.add(private, password)
		for _, name := range []string{address, password} {
			s.as(t, op.Method, target+"?"+url.QueryEscape(name), body)
			s.as(t, op.Method, target+"?"+url.QueryEscape(name)+"=1&"+url.QueryEscape(name)+"=2", body)
		}
		for _, made := range []string{
			`{"` + address + `":null}`, `{"` + password + `":null}`, `{"` + password + `":1,"` + password + `":2}`,
			`{"metadata":{"` + address + `":{"` + password + `":1e999}}}`, `{"metadata":{"a":{"` + password + `.":1}}}`,
		} {
			if body != "" {
				s.as(t, op.Method, target, made)
			}
		}
		for _, id := range []string{address, "samlp|acme|" + address, "auth0|" + address} {
			ofBob := parameter.ReplaceAllString(op.Path, url.PathEscape(id))
			if ofBob == op.Path {
				return
			}
			_, _ = s.tenant.Tenant.AddUser(localtenant.User{UserID: address}) // again, where he was deleted
			s.as(t, op.Method, ofBob, body)
			s.tenant.Tenant.Fail(localtenant.Fault{Status: 418})
			s.as(t, op.Method, ofBob, body)
			s.tenant.Tenant.ClearFaults()
		}
	})
}
