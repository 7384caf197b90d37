package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

var requestID = regexp.MustCompile(`"request_id":"[^"]+"`)

func TestPasswordTicket(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id := s.addUser(localtenant.User{Email: "eve@example.com", Password: "Old-Passw0rd"})
		link := s.ticket(t, "/password-tickets", `{"user_id":"`+id+`","ttl":3600,"result_url":"https://app.example.com/done"}`, time.Hour)
		if resp := redeem(t, link, "N3w-Passw0rd!"); resp.StatusCode != 302 || !strings.HasPrefix(resp.Header.Get("Location"), "https://app.example.com/done?") {
			t.Errorf("%s to %q", resp.Status, resp.Header.Get("Location"))
		}
		if verified := s.verified(t, id); verified {
			t.Error("the address counts as verified, which nobody had asked for")
		}
		link = s.ticket(t, "/password-tickets", `{"user_id":"`+id+`","verifies_email":true}`, 5*24*time.Hour)
		if resp := redeem(t, link, "N3wer-Passw0rd!"); resp.StatusCode != 200 {
			t.Errorf("%s", resp.Status)
		}
		if verified := s.verified(t, id); !verified {
			t.Error("the address does not count as verified")
		}
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 0 {
			t.Errorf("the provider has sent %v", mail)
		}
	})
}

// ticket asks for a link, and finds it in no log line.
func (s *service) ticket(t *testing.T, path, body string, life time.Duration) (link string) {
	t.Helper()
	began := time.Now()
	got := s.as(t, "POST", path, body)
	wantAnswer(t, got, 201, "")
	var ticket struct {
		URL     string    `json:"url"`
		Expires time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(got.body, &ticket); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, ticket.Expires, began, life)
	credential := must(url.Parse(ticket.URL)).Query().Get("ticket")
	if credential == "" {
		t.Fatalf("no ticket in %q", ticket.URL)
	}
	theirs := fmt.Sprint(s.manage(t, "GET", "/users/"+url.PathEscape(ada)+"/logs", ""))
	if strings.Contains(s.log.String()+theirs, credential) {
		t.Error("the ticket is in a log")
	}
	return ticket.URL
}

// wantEnd wants the end of what was made between began and now, and lives so long.
func wantEnd(t *testing.T, end, began time.Time, life time.Duration) {
	t.Helper()
	if first, last := began.Add(life).Truncate(time.Second), time.Now().Add(life); end.Before(first) || end.After(last) {
		t.Errorf("it ends at %v, want %v to %v", end, first, last)
	}
}

func (s *service) verified(t *testing.T, id string) bool {
	t.Helper()
	verified, _ := s.as(t, "GET", "/users/"+url.PathEscape(id), "").json(t)["email_verified"].(bool)
	return verified
}

// A user who has linked an account with a password can be sent a link for it.
func TestPasswordTicketForALinkedIdentity(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		link := s.ticket(t, "/password-tickets", `{"user_id":"`+s.withLinkedPassword(t)+`"}`, 5*24*time.Hour)
		if resp := redeem(t, link, "N3w-Passw0rd!"); resp.StatusCode != 200 {
			t.Errorf("%s", resp.Status)
		}
	})
}

func TestVerificationTicket(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id := s.addUser(localtenant.User{Email: "eve@example.com"})
		link := s.ticket(t, "/verification-tickets", `{"user_id":"`+id+`","ttl":60,"result_url":"https://app.example.com/done"}`, time.Minute)
		resp := must((&http.Client{CheckRedirect: stay}).Get(link))
		resp.Body.Close()
		if resp.StatusCode != 302 || !strings.HasPrefix(resp.Header.Get("Location"), "https://app.example.com/done?") || !s.verified(t, id) {
			t.Errorf("%s to %q, verified %v", resp.Status, resp.Header.Get("Location"), s.verified(t, id))
		}
	})
}

func TestTicketsRefuse(t *testing.T) {
	tests := map[string]struct{ body, field string }{
		"no user":              {`{}`, "user_id"},
		"null":                 {`{"user_id":null}`, "user_id"},
		"no id":                {`{"user_id":""}`, "user_id"},
		"an id of two dots":    {`{"user_id":".."}`, "user_id"},
		"an id too long":       {`{"user_id":"` + strings.Repeat("x", 401) + `"}`, "user_id"},
		"another result URL":   {`{"user_id":"x","result_url":"https://app.example.com/done/"}`, "result_url"},
		"in capitals":          {`{"user_id":"x","result_url":"https://APP.example.com/done"}`, "result_url"},
		"with a query":         {`{"user_id":"x","result_url":"https://app.example.com/done?a=b"}`, "result_url"},
		"an empty one":         {`{"user_id":"x","result_url":""}`, "result_url"},
		"too short a life":     {`{"user_id":"x","ttl":59}`, "ttl"},
		"too long a life":      {`{"user_id":"x","ttl":2592001}`, "ttl"},
		"no life":              {`{"user_id":"x","ttl":0}`, "ttl"},
		"a life beyond number": {`{"user_id":"x","ttl":9223372036854775807}`, "ttl"},
		"a fraction":           {`{"user_id":"x","ttl":60.5}`, "ttl"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for _, path := range []string{"/password-tickets", "/verification-tickets"} {
			for name, tt := range tests {
				t.Run(path+" "+name, func(t *testing.T) { wantFault(t, s.as(t, "POST", path, tt.body), tt.field) })
			}
		}
		wantFault(t, s.call("POST", "/verification-tickets", `{"user_id":"x","verifies_email":true}`), "verifies_email")
		if asked := s.tenant.Tenant.Stats().Requests; asked != 0 {
			t.Errorf("%d provider calls for what was refused", asked)
		}
		s.want(s.call("POST", "/password-tickets", `{"user_id":"x","ttl":60,"verifies_email":false}`), 404, "user-not-found")
	})
}

// Each lack of a user has its own code.
func TestRecoveryOfUsersWhoLackSomething(t *testing.T) {
	tests := map[string]struct {
		path, user string
		status     int
		code       string
	}{
		"a password ticket of nobody":         {"/password-tickets", "auth0|nobody", 404, "user-not-found"},
		"a password ticket without passwords": {"/password-tickets", linus, 422, "user-has-no-password"},
		"a verification ticket of nobody":     {"/verification-tickets", "auth0|nobody", 404, "user-not-found"},
		"a verification ticket, no address":   {"/verification-tickets", "auth0|mute", 422, "user-has-no-email"},
		"a verification email of nobody":      {"/verification-emails", "auth0|nobody", 404, "user-not-found"},
		"a verification email, no address":    {"/verification-emails", "auth0|mute", 422, "user-has-no-email"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.addUser(localtenant.User{UserID: "mute", Username: "mute"})
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				wantAnswer(t, s.as(t, "POST", tt.path, `{"user_id":"`+tt.user+`"}`), tt.status, tt.code)
			})
		}
	})
}

// The look-up that tells why is a help: where it fails, the refusal stands.
func TestRecoveryWithoutTheLookUp(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}", Status: 500})
		s.want(s.call("POST", "/password-tickets", `{"user_id":"`+linus+`"}`), 400, "invalid-request")
	})
}

// An answer without a link, or without an id, is no success.
func TestRecoveryWithEmptyAnswers(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for path, tt := range map[string]struct{ route, code string }{
			"/password-tickets":     {"POST /api/v2/tickets/password-change", "provider-failed"},
			"/verification-tickets": {"POST /api/v2/tickets/email-verification", "provider-failed"},
			"/verification-emails":  {"POST /api/v2/jobs/verification-email", "partly-updated"}, // the mail is on its way
		} {
			s.tenant.Tenant.Fail(localtenant.Fault{Route: tt.route, Status: 201, Body: `{"type":"verification_email","status":"pending","id":"","ticket":""}`})
			s.want(s.call("POST", path, `{"user_id":"`+ada+`"}`), 502, tt.code)
		}
	})
}

func TestVerificationEmail(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		sent := s.call("POST", "/verification-emails", `{"user_id":"`+ada+`"}`)
		s.want(sent, 202, "")
		email := sent.json(t)
		location := sent.header.Get("Location")
		if location != s.way.stage+"/verification-emails/"+email["id"].(string) || email["status"] != "pending" {
			t.Errorf("%s at %q", sent.body, location)
		}
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 1 || mail[0].Kind != "verify_email" || mail[0].To != "ada@example.com" {
			t.Errorf("%v", mail)
		}
		got := s.call("GET", strings.TrimPrefix(location, s.way.stage), "")
		s.want(got, 200, "")
		if now := got.json(t); now["status"] != "completed" || now["id"] != email["id"] || now["created_at"] != email["created_at"] {
			t.Errorf("%s, sent %s", got.body, sent.body)
		}
		s.tenant.Tenant.Advance(25 * time.Hour)
		s.want(s.call("GET", strings.TrimPrefix(location, s.way.stage), ""), 404, "verification-email-not-found")
	})
}

func TestVerificationEmailsThatAreNone(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for name, id := range map[string]string{
			"unknown":   "job_0000000000000000",
			"no job's":  "x",
			"odd":       "../users?a=b#c",
			"a user's":  ada,
			"a letter":  "é",
			"a percent": "100%",
		} {
			t.Run(name, func(t *testing.T) {
				if s.way.name == "samlocal" && strings.Contains(id, "/") {
					return // sam local itself refuses those
				}
				wantAnswer(t, s.as(t, "GET", "/verification-emails/"+url.PathEscape(id), ""), 404, "verification-email-not-found")
			})
		}
		wantFault(t, s.call("POST", "/verification-emails", `{}`), "user_id")
		wantFault(t, s.call("POST", "/verification-emails", `{"user_id":"."}`), "user_id")
	})
}
