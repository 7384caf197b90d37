package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

func TestLinkingNeedsTwoProofs(t *testing.T) {
	for _, w := range []way{deployed} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var late time.Duration
			s := start(t, w, func(s *setup) { s.now = func() time.Time { return time.Now().Add(late) } })
			mine, octos := s.idToken(t, "", "ada@example.com"), s.idToken(t, "?connection=github", "octo@example.com")
			graces := s.idToken(t, "", "grace@example.com")
			forged := mine[:strings.LastIndex(mine, ".")+1] + octos[strings.LastIndex(octos, ".")+1:]
			tests := map[string]struct {
				body   string
				late   time.Duration
				status int
				fields map[string]string // what is told of them
			}{
				"another user's":       {proofs(graces, octos), 0, 422, map[string]string{"id_token": "belongs to another user"}},
				"the other way round":  {proofs(octos, mine), 0, 422, map[string]string{"id_token": "belongs to another user"}},
				"forged":               {proofs(forged, octos), 0, 422, map[string]string{"id_token": "is not a valid ID token of this application"}},
				"the other one forged": {proofs(mine, forged), 0, 422, map[string]string{"link_id_token": "is not a valid ID token of this application"}},
				"both forged":          {proofs(forged, forged), 0, 422, map[string]string{"id_token": "is not a valid ID token of this application", "link_id_token": "is not a valid ID token of this application"}},
				"old":                  {proofs(mine, octos), 11 * time.Minute, 422, map[string]string{"id_token": "was issued more than 10 minutes ago", "link_id_token": "was issued more than 10 minutes ago"}},
				"expired":              {proofs(mine, octos), 240 * time.Hour, 422, map[string]string{"id_token": "has expired", "link_id_token": "has expired"}},
				"no JWT":               {proofs("x", "a.b.c"), 0, 400, map[string]string{"id_token": "is not a JWT", "link_id_token": "is not a JWT"}},
				"an empty one":         {proofs("", octos), 0, 400, map[string]string{"id_token": "is not a JWT"}},
				"one alone":            {`{"id_token":"` + mine + `"}`, 0, 400, map[string]string{"link_id_token": "is missing"}},
				"an address":           {`{"id_token":"` + mine + `","email":"octo@example.com"}`, 0, 400, map[string]string{"email": "unknown field"}},
			}
			for name, tt := range tests {
				t.Run(name, func(t *testing.T) {
					late = tt.late
					got := s.as(t, "POST", "/identities/"+url.PathEscape(ada), tt.body)
					wantAnswer(t, got, tt.status, map[int]string{400: "invalid-request", 422: "proof-refused"}[tt.status])
					told := map[string]string{}
					for _, one := range got.json(t)["errors"].([]any) {
						told[one.(map[string]any)["field"].(string)] = one.(map[string]any)["detail"].(string)
					}
					if !maps.Equal(told, tt.fields) {
						t.Errorf("told %v, want %v", told, tt.fields)
					}
				})
			}
			late = 9 * time.Minute
			wantAnswer(t, s.as(t, "POST", "/identities/"+url.PathEscape(ada), proofs(mine, mine)), 409, "identity-already-linked")
			wantAnswer(t, s.as(t, "POST", "/identities/"+url.PathEscape(ada), proofs(mine, octos)), 201, "")
			for _, token := range []string{mine, octos, graces, forged} {
				if strings.Contains(s.log.String(), token) {
					t.Error("a token is in the log")
				}
			}
		})
	}
}

func TestLinkingRefusesAccountsThatCannotBe(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		path := "/identities/" + url.PathEscape(ada)
		s.linked(t, "many@example.com")
		many := s.idToken(t, "?connection=github", "many@example.com")
		mine, octos := s.idToken(t, "", "ada@example.com"), s.signedInAs(t, "?connection=github", "octo@example.com")
		body := proofs(mine, octos["tokens"].(map[string]any)["id_token"].(string))
		s.want(s.call("POST", path, proofs(mine, many)), 422, "account-has-identities")
		s.want(s.call("DELETE", "/users/"+url.PathEscape(subjectOf(octos)), ""), 204, "")
		got := s.call("POST", path, body)
		s.want(got, 422, "proof-refused")
		if !strings.Contains(string(got.body), "belongs to an account that no longer exists") {
			t.Errorf("%s", got.body)
		}
		apples := s.idToken(t, "?connection=apple", "octo@example.com")
		s.want(s.call("DELETE", "/users/"+url.PathEscape(ada), ""), 204, "")
		s.want(s.call("POST", path, body), 404, "user-not-found")
		s.want(s.call("POST", path, proofs(mine, apples)), 404, "user-not-found")
	})
}

// A refreshed ID token is issued later, and shows no sign-in: not where the provider
// leaves its nonce out, nor where it repeats it.
func TestLinkingNeedsFreshSignIns(t *testing.T) {
	for _, w := range []way{deployed} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var late time.Duration
			s := start(t, w, func(s *setup) { s.now = func() time.Time { return time.Now().Add(late) } })
			wait := func(d time.Duration) { late += d; s.tenant.Tenant.Advance(d) }
			refreshed := func(token any) string {
				got := s.refresh(token)
				s.want(got, 200, "")
				return got.json(t)["id_token"].(string)
			}
			repeat := func(is bool) {
				if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) { c.RepeatNonce = is }); err != nil {
					t.Fatal(err)
				}
			}
			link := func(mine, other string) answer {
				return s.call("POST", "/identities/"+url.PathEscape(ada), proofs(mine, other))
			}
			wantRefused := func(got answer, field, why string) {
				t.Helper()
				s.want(got, 422, "proof-refused")
				if told := got.json(t)["errors"].([]any)[0].(map[string]any); told["field"] != field || told["detail"] != why {
					t.Errorf("told %v, want %s %s", told, field, why)
				}
			}
			adas := s.signedInAs(t, "", "ada@example.com")["tokens"].(map[string]any)
			octos := s.signedInAs(t, "?connection=github", "octo@example.com")["tokens"].(map[string]any)
			const undated, long = "does not belong to a sign-in that this service began", "belongs to a sign-in that was begun more than 20 minutes ago"
			mine, other := adas["id_token"].(string), octos["id_token"].(string)
			wantRefused(link(refreshed(adas["refresh_token"]), other), "id_token", undated)
			wantRefused(link(mine, refreshed(octos["refresh_token"])), "link_id_token", undated)
			wait(21 * time.Minute)
			repeat(true)
			mine, other = s.idToken(t, "?prompt=login", "ada@example.com"), s.idToken(t, "?connection=github&prompt=login", "octo@example.com")
			wantRefused(link(refreshed(adas["refresh_token"]), other), "id_token", long)
			wantRefused(link(mine, refreshed(octos["refresh_token"])), "link_id_token", long)
			if ids := accountsIn(t, s.call("GET", "/identities/"+url.PathEscape(ada), "")); !slices.Equal(ids, []string{ada}) {
				t.Fatalf("linked: %v", ids)
			}
			s.want(link(mine, other), 201, "")
		})
	}
}

// A proof is of a sign-in that was begun here, and in which the user has just proved
// who they are.
func TestProofsOfAnotherMaking(t *testing.T) {
	now := time.Now()
	f := newForger(t, deployed, func(s *setup) { s.now = func() time.Time { return now } })
	octo := f.s.addUser(localtenant.User{Email: "octo@example.com", Connection: "github"})
	bare, date, _ := strings.Cut(f.nonce, ".")
	tests := map[string]func(d *draft){
		"no nonce":               func(d *draft) { d.set("nonce", "") },
		"an empty nonce":         func(d *draft) { d.set("nonce", `""`) },
		"a nonce without a date": func(d *draft) { d.set("nonce", quoted(bare)) },
		"another nonce's date":   func(d *draft) { d.set("nonce", quoted("other."+date)) },
		"its own date":           func(d *draft) { d.set("nonce", quoted(fmt.Sprintf("%s.%d", bare, now.Unix()))) },
		"a state for a nonce":    func(d *draft) { d.set("nonce", quoted(f.begun)) },
		"a state for a date":     func(d *draft) { d.set("nonce", quoted(bare+"."+f.begun)) },
		"issued long ago":        func(d *draft) { d.set("iat", fmt.Sprint(now.Unix()-601)) },
		"proved long ago":        func(d *draft) { d.set("auth_time", fmt.Sprint(now.Unix()-601)) },
		"proved at some time":    func(d *draft) { d.set("auth_time", `"today"`) },
		"proved in the future":   func(d *draft) { d.set("auth_time", fmt.Sprint(now.Unix()+3600)) },
		"proved at null":         func(d *draft) { d.set("auth_time", "null") },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			bad := func(subject string) string {
				d := f.draft(subject)
				spoil(d)
				return d.sign()
			}
			wantNoProof(t, f.link(t, f.draft(ada).sign(), bad(octo)), "link_id_token")
			wantNoProof(t, f.link(t, bad(ada), f.draft(octo).sign()), "id_token")
		})
	}
	just := fmt.Sprint(now.Unix() - 590)
	wantAnswer(t, f.link(t, f.draft(ada).set("auth_time", just).sign(), f.draft(octo).set("iat", just).sign()), 201, "")
}

// A blocked user gets in by no other account, and lets nobody in.
func TestLinkingRefusesBlockedAccounts(t *testing.T) {
	tests := map[string]struct {
		blocked []string // whose accounts
		field   string
	}{
		"the user's":    {[]string{"ada"}, "id_token"},
		"the other one": {[]string{"octo"}, "link_id_token"},
		"both of them":  {[]string{"ada", "octo"}, "link_id_token"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		octo := s.signedInAs(t, "?connection=github", "octo@example.com")
		ids := map[string]string{"ada": ada, "octo": subjectOf(octo)}
		body := proofs(s.idToken(t, "", "ada@example.com"), octo["tokens"].(map[string]any)["id_token"].(string))
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				for _, whose := range tt.blocked {
					path := "/blocks/" + url.PathEscape(ids[whose])
					wantAnswer(t, s.as(t, "PUT", path, ""), 200, "")
					t.Cleanup(func() { s.call("DELETE", path, "") })
				}
				got := s.as(t, "POST", "/identities/"+url.PathEscape(ada), body)
				wantAnswer(t, got, 422, "account-blocked")
				if fault := got.json(t)["errors"].([]any)[0].(map[string]any); fault["field"] != tt.field {
					t.Errorf("%v is told of", fault)
				}
				if ids := accountsIn(t, s.as(t, "GET", "/identities/"+url.PathEscape(ada), "")); !slices.Equal(ids, []string{ada}) {
					t.Errorf("linked: %v", ids)
				}
			})
		}
		s.want(s.call("POST", "/identities/"+url.PathEscape(ada), body), 201, "")
	})
}

// The contract's example has no real proofs in it, so what the generic checks
// do for other operations is done here.
func TestLinkingSurvivesTheProvider(t *testing.T) {
	const read, link = "GET /api/v2/users/{id}", "POST /api/v2/users/{id}/identities"
	for i, name := range slices.Sorted(maps.Keys(failures())) {
		tt := failures()[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, ways[i%len(ways)])
			s.calm(t)
			body := proofs(s.idToken(t, "", "ada@example.com"), s.idToken(t, "?connection=github", "octo@example.com"))
			target := "/identities/" + url.PathEscape(ada)
			survive(t, s, "POST", target, body, read, tt.fault, tt.status, tt.code)
			s.tenant.Tenant.ClearFaults()
			if tt.fault.Kind == localtenant.FaultResetBody || tt.fault.Kind == localtenant.FaultTruncate {
				tt.status, tt.code = 201, "" // it was linked, and a look tells the rest
			}
			survive(t, s, "POST", target, body, link, tt.fault, tt.status, tt.code)
			s.tenant.Tenant.ClearFaults()
			if got := s.as(t, "POST", target, body); got.status != 201 && got.code(t) != "identity-already-linked" {
				t.Errorf("a repeat: %d %s", got.status, got.body)
			}
		})
	}
}

func TestLinkingAConflict(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users/{id}/identities", Times: 1, Status: 409})
		body := proofs(s.idToken(t, "", "ada@example.com"), s.idToken(t, "?connection=github", "octo@example.com"))
		s.want(s.call("POST", "/identities/"+url.PathEscape(ada), body), 409, "identity-already-linked")
	})
}
