package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

const mailRoute = "POST /dbconnections/change_password"

func TestInviteByEmail(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		got := s.call("POST", "/users", `{"email":"new@example.com","name":"New","invite":"email"}`)
		s.want(got, 201, "")
		if user := got.json(t); user["email"] != "new@example.com" || user["email_verified"] != false || user["invitation"] != nil {
			t.Errorf("created %s", got.body)
		}
		mail := s.tenant.Tenant.Outbox()
		if len(mail) != 1 || mail[0].To != "new@example.com" || mail[0].Kind != "reset_email" {
			t.Fatalf("mail %+v", mail)
		}
		setPassword(t, mail[0].Link, "N3w-Passw0rd")
		b := newBrowser(t, s)
		wantAnswer(t, b.get(t, b.signIn(t, b.begin(t, ""), "new@example.com", "N3w-Passw0rd")), 200, "")
		if strings.Contains(s.log.String(), "new@example.com") || strings.Contains(s.log.String(), "ticket") {
			t.Error("the address or the link is in the log")
		}
	})
}

func TestInviteByLink(t *testing.T) {
	tests := map[string]struct {
		options  string
		life     time.Duration
		leadsTo  string
		verifies bool
	}{
		"a link":         {``, 5 * 24 * time.Hour, "", false},
		"with all there": {`,"result_url":"https://app.example.com/done","ttl":3600,"verifies_email":true`, time.Hour, "https://app.example.com/done?", true},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				email := strings.ReplaceAll(name, " ", "-") + "@example.com"
				began := time.Now()
				got := s.as(t, "POST", "/users", `{"email":"`+email+`","invite":"link"`+tt.options+`}`)
				wantAnswer(t, got, 201, "")
				user := got.json(t)
				path := "/users/" + url.PathEscape(user["id"].(string))
				if read := s.as(t, "GET", path, ""); read.header.Get("ETag") != got.header.Get("ETag") {
					t.Errorf("the ETag is %s, and the user's %s", got.header.Get("ETag"), read.header.Get("ETag"))
				}
				invitation := user["invitation"].(map[string]any)
				link := invitation["url"].(string)
				ends := must(time.Parse(time.RFC3339, invitation["expires_at"].(string)))
				wantEnd(t, ends, began, tt.life)
				if location := setPassword(t, link, "N3w-Passw0rd").Header.Get("Location"); !strings.HasPrefix(location, tt.leadsTo) || tt.leadsTo == "" && location != "" {
					t.Errorf("it leads to %q", location)
				}
				if read := s.as(t, "GET", path, "").json(t); read["email_verified"] != tt.verifies {
					t.Errorf("verified %v", read["email_verified"])
				}
				if strings.Contains(s.log.String(), must(url.Parse(link)).Query().Get("ticket")) {
					t.Error("the link is in the log")
				}
			})
		}
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 0 {
			t.Errorf("mail nobody asked for: %v", mail)
		}
	})
}

func TestInviteRefuses(t *testing.T) {
	tests := map[string]struct{ body, field string }{
		"a password":        {`{"email":"a@example.com","invite":"email","password":"N3w-Passw0rd"}`, "password"},
		"a second mail":     {`{"email":"a@example.com","invite":"link","verify_email":true}`, "verify_email"},
		"nobody to mail to": {`{"username":"a","invite":"email"}`, "email"},
		"an open redirect":  {`{"email":"a@example.com","invite":"link","result_url":"https://app.example.com/done?to=elsewhere"}`, "result_url"},
		"too long":          {`{"email":"a@example.com","invite":"link","ttl":2592001}`, "ttl"},
		"no fraction":       {`{"email":"a@example.com","invite":"link","ttl":60.5}`, "ttl"},
		"by pigeon":         {`{"email":"a@example.com","invite":"pigeon"}`, "invite"},
		"without passwords": {`{"email":"a@example.com","connection":"email","invite":"email"}`, "invite"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		before := s.tenant.Tenant.Stats().Requests
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.as(t, "POST", "/users", tt.body)
				wantAnswer(t, got, 400, "invalid-request")
				if !strings.Contains(string(got.body), `"field":"`+tt.field+`"`) {
					t.Errorf("%s does not name %s", got.body, tt.field)
				}
			})
		}
		if after := s.tenant.Tenant.Stats().Requests; after != before {
			t.Errorf("%d requests reached the provider", after-before)
		}
	})
}

// A user who is there and not invited is told of; with a key a repeat invites,
// without one the answer says what does.
func TestInvitationsThatFail(t *testing.T) {
	tests := map[string]struct {
		invite, key string
		route       string
		fault       localtenant.Fault
		status      int
		cure        string
	}{
		"a mail":               {"email", "", mailRoute, localtenant.Fault{Status: 500}, 502, "POST /password-resets"},
		"a link":               {"link", "", "POST /api/v2/tickets/password-change", localtenant.Fault{Status: 503}, 503, "POST /password-tickets"},
		"a link to nobody":     {"link", "", "POST /api/v2/tickets/password-change", localtenant.Fault{Status: 404}, 404, "POST /password-tickets"},
		"a mail under a key":   {"email", "k1", mailRoute, localtenant.Fault{Status: 500}, 502, "Send the same request again"},
		"a link under a key":   {"link", "k2", "POST /api/v2/tickets/password-change", localtenant.Fault{Kind: localtenant.FaultReset}, 503, "Send the same request again"},
		"a silence, under one": {"email", "k3", mailRoute, localtenant.Fault{Kind: localtenant.FaultHTML}, 502, "Send the same request again"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				var headers []string
				if tt.key != "" {
					headers = []string{once, tt.key}
				}
				before := len(s.tenant.Tenant.Outbox())
				email := strings.ReplaceAll(name, " ", "-") + "@example.com"
				body := `{"email":"` + strings.ReplaceAll(email, ",", "") + `","invite":"` + tt.invite + `"}`
				tt.fault.Route, tt.fault.Times = tt.route, 1
				s.tenant.Tenant.Fail(tt.fault)
				logged := len(s.log.String())
				got := s.as(t, "POST", "/users", body, headers...)
				wantAnswer(t, got, tt.status, "partly-updated")
				told := got.json(t)
				id := told["errors"].([]any)[0].(map[string]any)
				if id["field"] != "id" || !strings.Contains(told["detail"].(string), tt.cure) {
					t.Errorf("told %s", got.body)
				}
				user := s.as(t, "GET", "/users/"+url.PathEscape(id["detail"].(string)), "")
				wantAnswer(t, user, 200, "")
				if lines := auditLines(t, s.log.String()[logged:]); lines[0]["user"] != id["detail"] || lines[0]["outcome"] != "partly" {
					t.Errorf("audit lines %v", lines)
				}
				again := s.as(t, "POST", "/users", body, headers...)
				if tt.key == "" {
					wantAnswer(t, again, 409, "user-exists")
					return
				}
				wantAnswer(t, again, 201, "")
				mailed := len(s.tenant.Tenant.Outbox()) - before
				if invitation := again.json(t)["invitation"]; (invitation != nil) != (tt.invite == "link") || (mailed == 1) != (tt.invite == "email") {
					t.Errorf("invitation %v, %d mails", invitation, mailed)
				}
			})
		}
	})
}

// A repeat gives a new link, and does not mail what was mailed; when the user
// has signed in, the invitation has served.
func TestInviteOnce(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		const mailed, linked = `{"email":"mailed@example.com","invite":"email"}`, `{"email":"linked@example.com","invite":"link"}`
		first := s.call("POST", "/users", mailed, once, "k1")
		s.want(first, 201, "")
		again := s.call("POST", "/users", mailed, once, "k1")
		s.want(again, 201, "")
		if string(again.body) != string(first.body) {
			t.Errorf("first %s, then %s", first.body, again.body)
		}
		mail := s.tenant.Tenant.Outbox()
		if len(mail) != 1 {
			t.Fatalf("%d mails", len(mail))
		}
		urls := map[any]bool{}
		var link string
		for range 2 {
			got := s.call("POST", "/users", linked, once, "k2")
			s.want(got, 201, "")
			link = got.json(t)["invitation"].(map[string]any)["url"].(string)
			urls[link] = true
		}
		if len(urls) != 2 {
			t.Errorf("links %v", urls)
		}
		for name, link := range map[string]string{"mailed": mail[0].Link, "linked": link} {
			setPassword(t, link, "N3w-Passw0rd")
			b := newBrowser(t, s)
			wantAnswer(t, b.get(t, b.signIn(t, b.begin(t, ""), name+"@example.com", "N3w-Passw0rd")), 200, "")
		}
		s.want(s.call("POST", "/users", mailed, once, "k1"), 201, "")
		late := s.call("POST", "/users", linked, once, "k2")
		s.want(late, 201, "")
		if late.json(t)["invitation"] != nil || len(s.tenant.Tenant.Outbox()) != 1 {
			t.Errorf("invited again: %s, %d mails", late.body, len(s.tenant.Tenant.Outbox()))
		}
		s.want(s.call("POST", "/users", `{"email":"linked@example.com","invite":"email"}`, once, "k2"), 422, "idempotency-key-reused")
	})
}

// A mail that was not noted is no failure: a repeat mails again, at the worst.
func TestInviteOnceThoughTheNoteIsLost(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		const body = `{"email":"mailed@example.com","invite":"email"}`
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/users/{id}", Times: 1, Status: 500})
		for range 3 {
			s.want(s.call("POST", "/users", body, once, "k1"), 201, "")
		}
		if n := len(s.tenant.Tenant.Outbox()); n != 2 {
			t.Errorf("%d mails", n)
		}
	})
}
