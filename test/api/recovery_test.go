package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
)

var costsOfRecovery = []cost{
	{"resetpassword", "", 1, request("/password-resets", `{"email":"ada@example.com"}`)},
	{"resetpassword", "of nobody", 1, request("/password-resets", `{"email":"nobody@example.com"}`)},
	{"createpasswordticket", "", 1, request("/password-tickets", `{"user_id":"`+ada+`"}`)},
	{"createpasswordticket", "of a linked password", 3, func(t *testing.T, s *service) (string, string, []string) {
		return "/password-tickets", `{"user_id":"` + s.withLinkedPassword(t) + `"}`, nil
	}},
	{"sendverificationemail", "", 1, request("/verification-emails", `{"user_id":"`+ada+`"}`)},
	{"getverificationemail", "", 1, func(t *testing.T, s *service) (string, string, []string) {
		sent := s.as(t, "POST", "/verification-emails", `{"user_id":"`+ada+`"}`)
		return strings.TrimPrefix(sent.header.Get("Location"), s.way.stage), "", nil
	}},
	{"createverificationticket", "", 1, request("/verification-tickets", `{"user_id":"`+ada+`"}`)},
}

const (
	ada   = "auth0|65e19a100000000000000001"
	linus = "github|1024025" // who has no password
)

// withLinkedPassword makes a user who came by a social connection, and has a
// password by a linked account.
func (s *service) withLinkedPassword(t *testing.T) (id string) {
	t.Helper()
	n := s.serial.Add(1)
	social := s.addUser(localtenant.User{UserID: fmt.Sprintf("9%d", n), Connection: "github", Email: fmt.Sprintf("s%d@example.com", n)})
	local := s.addUser(localtenant.User{Email: fmt.Sprintf("l%d@example.com", n), Password: "Old-Passw0rd"})
	s.manage(t, "POST", "/users/"+url.PathEscape(social)+"/identities", `{"provider":"auth0","user_id":"`+local+`"}`)
	return social
}

// Nobody can tell by a reset whether an address has an account: not by the
// answer, and not by what is asked of the provider, however that is.
func TestPasswordResetTellsNothing(t *testing.T) {
	now := time.Now()
	faults := map[string]localtenant.Fault{
		"well":    {},
		"429":     {Status: 429, Reset: now.Add(never)},
		"500":     {Status: 500},
		"503":     {Status: 503},
		"a reset": {Kind: localtenant.FaultReset},
		"HTML":    {Kind: localtenant.FaultHTML},
	}
	addresses := map[string]string{
		"a user":             "ada@example.com",
		"one who is blocked": "katherine@example.com",
		"one without":        "linus@example.com",
		"in capitals":        "ADA@EXAMPLE.COM",
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		ask := func(t *testing.T, email string) (said string) {
			s.tenant.Tenant.ResetStats()
			got := s.as(t, "POST", "/password-resets", `{"email":"`+email+`"}`)
			got.header.Del("X-Request-Id")
			got.header.Del("Date")
			return fmt.Sprintln(got.status, got.header, requestID.ReplaceAllString(string(got.body), ""), s.tenant.Tenant.Stats().Routes)
		}
		for name, fault := range faults {
			t.Run(name, func(t *testing.T) {
				s.tenant.Tenant.ClearFaults()
				if name != "well" {
					fault.Route = "POST /dbconnections/change_password"
					s.tenant.Tenant.Fail(fault)
				}
				want := ask(t, "nobody@example.com")
				for who, email := range addresses {
					if diff := cmp.Diff(want, ask(t, email)); diff != "" {
						t.Errorf("nobody (-) and %s (+):\n%s", who, diff)
					}
				}
			})
		}
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 3 { // all that went well, to those who have a password
			t.Errorf("%d mails, want 3: %v", len(mail), mail)
		}
		if log := s.log.String(); strings.Contains(log, "example.com") {
			t.Errorf("an address is in the log: %s", log)
		}
	}, func(s *setup) { s.now = func() time.Time { return now } })
}

func TestPasswordReset(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		got := s.call("POST", "/password-resets", `{"email":"alan@example.com","connection":"`+localtenant.Connection+`"}`)
		s.want(got, 202, "")
		if string(got.body) != `{"status":"accepted"}`+"\n" {
			t.Errorf("%s", got.body)
		}
		mail := s.tenant.Tenant.Outbox()
		if len(mail) != 1 || mail[0].To != "alan@example.com" || mail[0].Kind != "reset_email" {
			t.Fatalf("%v", mail)
		}
		if resp := redeem(t, mail[0].Link, "N3w-Passw0rd!"); resp.StatusCode != 200 {
			t.Errorf("the link: %s", resp.Status)
		}
		for name, tt := range map[string]struct{ body, field string }{
			"no address":              {`{}`, "email"},
			"null":                    {`{"email":null}`, "email"},
			"a name around":           {`{"email":"Ada <ada@example.com>"}`, "email"},
			"no connection's name":    {`{"email":"ada@example.com","connection":"a b"}`, "connection"},
			"no connection":           {`{"email":"ada@example.com","connection":"Nowhere"}`, "connection"},
			"one without passwords":   {`{"email":"ada@example.com","connection":"github"}`, "connection"},
			"one with codes for some": {`{"email":"ada@example.com","connection":"sms"}`, "connection"},
		} {
			t.Run(name, func(t *testing.T) { wantFault(t, s.as(t, "POST", "/password-resets", tt.body), tt.field) })
		}
	})
}

// wantFault wants a refusal that names one input.
func wantFault(t *testing.T, got answer, field string) {
	t.Helper()
	wantAnswer(t, got, 400, "invalid-request")
	if !strings.Contains(string(got.body), `"errors":[{"field":"`+field+`",`) {
		t.Errorf("%s does not name %s", got.body, field)
	}
}

// redeem sets a password where a link leads to, as the page there does.
func redeem(t *testing.T, link, password string) *http.Response {
	t.Helper()
	u := must(url.Parse(link))
	form := url.Values{"ticket": {u.Query().Get("ticket")}, "password": {password}, "again": {password}}
	u.RawQuery, u.Fragment = "", ""
	client := &http.Client{CheckRedirect: stay}
	resp := must(client.PostForm(u.String(), form))
	resp.Body.Close()
	return resp
}
