package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"usher/localtenant"
)

// federated is a connection to somebody else's accounts, whose addresses come as
// that provider writes them.
const federated = "windowslive"

func askFor(email string) string { return "/users?email=" + url.QueryEscape(email) }

func emailBody(email string) string {
	return string(must(json.Marshal(map[string]string{"email": email})))
}

// holders are the ids of those whom a look-up by address answers.
func holders(t *testing.T, s *service, email string) []string {
	t.Helper()
	return idsIn(t, s.as(t, "GET", askFor(email), ""))
}

func (s *service) wantThere(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		wantAnswer(t, s.as(t, "GET", "/users/"+url.PathEscape(id), ""), 200, "")
	}
}

// lagging has the index lag from now on, for as long as the test wants.
func (s *service) lagging(t *testing.T) {
	t.Helper()
	s.tenant.Tenant.Advance(indexLag)
	s.configure(t, func(c *localtenant.Settings) { c.IndexLag = localtenant.Duration(time.Hour) })
}

func (s *service) readdress(t *testing.T, id, email string) {
	t.Helper()
	s.manage(t, "PATCH", "/users/"+url.PathEscape(id), `{"email":`+email+`}`)
}

func TestCapitalsOfAFederatedAddress(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		const as, lower = "Ann.Lee@Corp.Example", "ann.lee@corp.example"
		theirs := s.addUser(localtenant.User{Email: as, Connection: federated})
		for email, want := range map[string][]string{as: {theirs}, lower: {}, "ANN.LEE@CORP.EXAMPLE": {}} {
			if got := holders(t, s, email); !slices.Equal(got, want) {
				t.Errorf("%s is %v's", email, got)
			}
		}
		ours := s.addUser(localtenant.User{Email: lower})
		for email, want := range map[string]int{as: 2, lower: 1, "ANN.LEE@CORP.EXAMPLE": 1} {
			if got := holders(t, s, email); len(got) != want || !slices.Contains(got, ours) {
				t.Errorf("%s is %v's", email, got)
			}
		}
		s.lagging(t) // what the search knows by now is enough
		for _, email := range []string{as, lower, "ANN.LEE@corp.example"} {
			got := s.call("DELETE", askFor(email), "")
			s.want(got, 409, "email-ambiguous")
			if listed := got.json(t)["errors"].([]any); len(listed) != 2 {
				t.Errorf("%s: %s", email, got.body)
			}
		}
		s.wantThere(t, theirs, ours)
		s.manage(t, "DELETE", "/users/"+url.PathEscape(ours), "")
		s.want(s.call("DELETE", askFor("ANN.lee@corp.example"), ""), 204, "")
		s.want(s.call("GET", "/users/"+url.PathEscape(theirs), ""), 404, "user-not-found")
		s.want(s.call("DELETE", askFor(as), ""), 404, "user-not-found")
	})
}

// The search may say what was so some seconds ago.
func TestDeletionWhileTheIndexLags(t *testing.T) {
	const old, capitals = "old@example.com", "Old@Example.com"
	remain := func(*testing.T, *service, string) []string { return nil }
	tests := map[string]struct {
		meanwhile func(t *testing.T, s *service, first string) (there []string)
		status    int
	}{
		"nothing": {remain, 204},
		"given up": {func(t *testing.T, s *service, first string) []string {
			s.readdress(t, first, `"new@example.com"`)
			return []string{first}
		}, 404},
		"removed": {func(t *testing.T, s *service, first string) []string {
			s.readdress(t, first, `null`)
			return []string{first}
		}, 404},
		"deleted": {func(t *testing.T, s *service, first string) []string {
			s.manage(t, "DELETE", "/users/"+url.PathEscape(first), "")
			return nil
		}, 404},
		"given up, and taken over": {func(t *testing.T, s *service, first string) []string {
			s.readdress(t, first, `"new@example.com"`)
			s.addUser(localtenant.User{Email: old})
			return []string{first}
		}, 204},
		"removed, and taken over in capitals": {func(t *testing.T, s *service, first string) []string {
			s.readdress(t, first, `null`)
			s.addUser(localtenant.User{Email: capitals, Connection: federated})
			return []string{first}
		}, 204},
		"swapped": {func(t *testing.T, s *service, first string) []string {
			other := s.addUser(localtenant.User{Email: "other@example.com"})
			s.readdress(t, first, `"new@example.com"`)
			s.readdress(t, other, `"old@example.com"`)
			s.readdress(t, first, `"other@example.com"`)
			return []string{first}
		}, 204},
		"shared": {func(t *testing.T, s *service, first string) []string {
			return []string{first, s.addUser(localtenant.User{Email: capitals, Connection: federated})}
		}, 409},
		"given up and back": {func(t *testing.T, s *service, first string) []string {
			s.readdress(t, first, `"new@example.com"`)
			s.readdress(t, first, `"old@example.com"`)
			return nil
		}, 204},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				s.configure(t, func(c *localtenant.Settings) { c.IndexLag = 0 })
				first := s.addUser(localtenant.User{Email: old})
				s.lagging(t)
				there := tt.meanwhile(t, s, first)
				wantAnswer(t, s.as(t, "DELETE", askFor(capitals), ""), tt.status, "")
				s.wantThere(t, there...)
				for _, id := range append(there, first) {
					s.manage(t, "DELETE", "/users/"+url.PathEscape(id), "")
				}
				s.tenant.Tenant.Advance(2 * time.Hour)
			})
		}
	})
}

// What the contract says that a deletion may miss, and for how long.
func TestDeletionMissesTheNewestInOtherCapitals(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.lagging(t)
		newest := s.addUser(localtenant.User{Email: "New@Example.com", Connection: federated})
		s.want(s.call("DELETE", askFor("new@example.com"), ""), 404, "user-not-found")
		s.wantThere(t, newest)
		s.tenant.Tenant.Advance(2 * time.Hour)
		s.want(s.call("DELETE", askFor("new@example.com"), ""), 204, "")
	})
}

// No writing of an address beyond ASCII stands for somebody whose address is ASCII.
func TestLettersThatBecomeASCII(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		linus := holders(t, s, "linus@example.com")[0]
		katherine := holders(t, s, "KATHERINE@example.com")[0]
		for _, email := range []string{
			"l\u0130nus@example.com", "L\u0130NUS@EXAMPLE.COM", "linu\u017F@example.com", "l\u0131nus@example.com",
			"\u212Aatherine@example.com", "\u212AATHERINE@example.com", "ｌｉｎｕｓ@example.com", "linus@example\u3002com",
		} {
			if got := holders(t, s, email); len(got) > 0 {
				t.Errorf("%q is %v's", email, got)
			}
			s.want(s.call("DELETE", askFor(email), ""), 404, "user-not-found")
			s.want(s.call("DELETE", "/users", emailBody(email)), 404, "user-not-found")
		}
		s.wantThere(t, linus, katherine)
	})
}

func TestDeletionComparesByCase(t *testing.T) {
	tests := map[string]struct {
		has, asked string
		status     int
	}{
		"umlauts":                 {"MÜLLER@Bücher.Example", "müller@BÜCHER.example", 204},
		"sharp s":                 {"STRAẞE@example.com", "straße@example.com", 204},
		"no ss":                   {"strasse@example.com", "straße@example.com", 404},
		"sigma":                   {"ΣΊΣΥΦΟΣ@example.com", "σίσυφοσ@example.com", 204},
		"Kelvin's own":            {"\u212Aelvin@example.com", "\u212AELVIN@example.com", 204},
		"another form of domain":  {"ada@bücher.example", "ada@xn--bcher-kva.example", 404},
		"and the other way round": {"bea@xn--bcher-kva.example", "bea@bücher.example", 404},
		"an ASCII domain":         {"Cid@XN--BCHER-KVA.example", "cid@xn--bcher-kva.EXAMPLE", 204},
		"quotes and backslashes":  {`A"\b@example.com`, `a"\B@example.com`, 204},
		"an operator":             {`A OR B`, `x"OR"email:*@example.com`, 404},
		"a wildcard":              {`ada@wild.example`, `ad*@wild.example`, 404},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				id := s.addUser(localtenant.User{Email: tt.has, Connection: federated})
				s.tenant.Tenant.Advance(indexLag)
				wantAnswer(t, s.as(t, "DELETE", askFor(tt.asked), ""), tt.status, "")
				if tt.status == 404 {
					s.wantThere(t, id)
				}
			})
		}
	})
}

// Social accounts have addresses that nobody is given here.
func TestAddressesThatProvidersTake(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for _, email := range []string{"a..b@docomo.example", "a.@docomo.example", ".a@docomo.example", `"q"@docomo.example`} {
			id := s.addUser(localtenant.User{Email: email, Connection: federated})
			s.tenant.Tenant.Advance(indexLag)
			if got := holders(t, s, email); !slices.Equal(got, []string{id}) {
				t.Errorf("%s is %v's", email, got)
			}
			body := emailBody(email)
			s.want(s.call("POST", "/users", body), 400, "invalid-request")
			s.want(s.call("POST", "/password-resets", body), 202, "")
			s.want(s.call("DELETE", "/users", body), 204, "")
			if got := holders(t, s, email); len(got) > 0 {
				t.Errorf("%s is %v's still", email, got)
			}
		}
		for _, email := range []string{"ada", "@example.com", "ada@", "ada@example.com ", "a\u200bda@example.com", "a\u0007da@example.com", "a\ufffdda@example.com"} {
			s.want(s.call("GET", askFor(email), ""), 400, "invalid-request")
			s.want(s.call("DELETE", askFor(email), ""), 400, "invalid-request")
			s.want(s.call("POST", "/password-resets", emailBody(email)), 400, "invalid-request")
		}
	})
}

// Where the provider's answer does not say who has an address, nobody is deleted
// and nobody is suggested.
func TestAddressesThatCannotBeRead(t *testing.T) {
	const (
		byEmail = "GET /api/v2/users-by-email"
		search  = "GET /api/v2/users"
		byID    = "GET /api/v2/users/{id}"
	)
	eachWay(t, func(t *testing.T, s *service) {
		const email = "grace@example.com"
		grace := holders(t, s, email)[0]
		good := fmt.Sprintf(`{"user_id":%q,"email":%q,"email_verified":true,"identities":[]}`, grace, email)
		capitals := `{"user_id":"windowslive|1","email":"Grace@Example.com"}`
		faults := map[string][]localtenant.Fault{}
		for name, odd := range map[string]string{
			"no id": `{"email":"grace@example.com"}`, "a null id": `{"user_id":null,"email":"grace@example.com"}`,
			"a list as id": `{"user_id":[1],"email":"grace@example.com"}`, "an empty id": `{"user_id":"","email":"grace@example.com"}`,
		} {
			faults["found: "+name] = []localtenant.Fault{{Route: byEmail, Body: "[" + good + "," + odd + "]"}}
			faults["found alone: "+name] = []localtenant.Fault{{Route: byEmail, Body: "[" + odd + "]"}}
			faults["searched: "+name] = []localtenant.Fault{{Route: search, Body: `{"start":0,"limit":100,"length":2,"total":2,"users":[` + good + "," + odd + "]}"}}
			faults["read again: "+name] = []localtenant.Fault{
				{Route: search, Body: `{"start":0,"limit":100,"length":1,"total":1,"users":[` + capitals + "]}"}, {Route: byID, Body: odd},
			}
		}
		for name, odd := range map[string]string{
			"no address": `{"user_id":"windowslive|1"}`, "a null address": `{"user_id":"windowslive|1","email":null}`,
			"a list as address": `{"user_id":"windowslive|1","email":["grace@example.com"]}`, "an empty address": `{"user_id":"windowslive|1","email":""}`,
		} {
			faults["found: "+name] = []localtenant.Fault{{Route: byEmail, Body: "[" + good + "," + odd + "]"}}
			faults["found alone: "+name] = []localtenant.Fault{{Route: byEmail, Body: "[" + odd + "]"}}
		}
		for name, odd := range map[string]string{
			"a list as address": `{"user_id":"windowslive|1","email":["Grace@example.com"]}`, "an object as address": `{"user_id":"windowslive|1","email":{}}`,
		} {
			faults["read again: "+name] = []localtenant.Fault{
				{Route: search, Body: `{"start":0,"limit":100,"length":1,"total":1,"users":[` + capitals + "]}"}, {Route: byID, Body: odd},
			}
		}
		for name, list := range faults {
			t.Run(name, func(t *testing.T) {
				s.calm(t)
				for _, fault := range list {
					fault.Status, fault.Times = 200, 1
					s.tenant.Tenant.Fail(fault)
				}
				wantAnswer(t, s.as(t, "DELETE", askFor(email), ""), 502, "provider-failed")
				s.tenant.Tenant.ClearFaults()
				if list[0].Route == byEmail {
					fault := list[0]
					fault.Status, fault.Times = 200, 1
					s.tenant.Tenant.Fail(fault)
					wantAnswer(t, s.as(t, "GET", "/identities/"+url.PathEscape(grace)+"?suggest=true", ""), 502, "provider-failed")
					s.tenant.Tenant.ClearFaults()
				}
				s.wantThere(t, grace)
			})
		}
	})
}

func TestSuggestionsCompareByCase(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		const as = "Ann.\u212Aay@Corp.Example"
		theirs := s.addUser(localtenant.User{Email: as, EmailVerified: true, Connection: federated})
		same := s.addUser(localtenant.User{Email: "ann.\u212Aay@corp.example", EmailVerified: true})
		s.addUser(localtenant.User{Email: "ann.kay@corp.example", EmailVerified: true})
		got := s.call("GET", "/identities/"+url.PathEscape(theirs)+"?suggest=true", "")
		s.want(got, 200, "")
		suggested := got.json(t)["suggestions"].([]any)
		if len(suggested) != 1 || suggested[0].(map[string]any)["user_id"] != same {
			t.Errorf("%s", got.body)
		}
	})
}

// A front-end with limits deletes its own user only, whatever is like it outside.
func TestLimitedDeletionInOtherCapitals(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github"]`)
		const as = "Shared@Example.com"
		outside := free.addUser(localtenant.User{Email: as, Connection: federated})
		free.tenant.Tenant.Advance(indexLag)
		wantRule(t, shop.as(t, "DELETE", askFor("shared@example.com"), ""), "shop.connections")
		own := free.addUser(localtenant.User{UserID: "42", Connection: "github", Email: "shared@example.com"})
		wantAnswer(t, free.as(t, "DELETE", askFor("SHARED@example.com"), ""), 409, "email-ambiguous")
		wantAnswer(t, shop.as(t, "DELETE", askFor(as), ""), 204, "")
		wantAnswer(t, free.as(t, "GET", "/users/"+url.PathEscape(own), ""), 404, "user-not-found")
		free.wantThere(t, outside)
	})
}
