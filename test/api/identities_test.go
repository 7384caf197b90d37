package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

var costsOfIdentities = []cost{
	{"listconnections", "", 1, request("/connections", "")},
	{"listidentities", "", 1, ofUser("/identities/", "")},
	{"listidentities", "with suggestions", 2, request("/identities/"+url.PathEscape(ada)+"?suggest=true", "")},
	{"listidentities", "with suggestions, not verified", 1, request("/identities/auth0%7C65e19a100000000000000003?suggest=true", "")},
	{"linkidentity", "", 3, func(t *testing.T, s *service) (string, string, []string) {
		email := fmt.Sprintf("octo%d@example.com", s.serial.Add(1))
		return "/identities/" + url.PathEscape(ada), proofs(s.idToken(t, "", "ada@example.com"), s.idToken(t, "?connection=github", email)), nil
	}},
	{"unlinkidentity", "", 2, func(t *testing.T, s *service) (string, string, []string) {
		id := s.linked(t, fmt.Sprintf("linked%d@example.com", s.serial.Add(1)))
		return "/identities/" + url.PathEscape(id) + "/" + s.linkedTo(t, id), "", nil
	}},
}

// idToken is of a whole sign-in.
func (s *service) idToken(t *testing.T, query, email string) string {
	t.Helper()
	return s.signedInAs(t, query, email)["tokens"].(map[string]any)["id_token"].(string)
}

// signedInAs is the callback's answer to a whole sign-in in a fresh browser.
func (s *service) signedInAs(t *testing.T, query, email string) map[string]any {
	t.Helper()
	b := newBrowser(t, s)
	got := b.get(t, b.signInThrough(t, b.begin(t, query), email))
	wantAnswer(t, got, 200, "")
	return got.json(t)
}

func subjectOf(signIn map[string]any) string {
	return signIn["account"].(map[string]any)["id"].(string)
}

func proofs(user, other string) string {
	return string(must(json.Marshal(map[string]string{"id_token": user, "link_id_token": other})))
}

// linkedTo is the path's end for the user's one linked identity.
func (s *service) linkedTo(t *testing.T, userID string) string {
	t.Helper()
	all := s.as(t, "GET", "/identities/"+url.PathEscape(userID), "").json(t)["identities"].([]any)
	last := all[len(all)-1].(map[string]any)
	return url.PathEscape(last["provider"].(string)) + "/" + url.PathEscape(last["user_id"].(string))
}

// accounts are the ids that the identities of an answer make by themselves.
func accountsIn(t *testing.T, a answer) []string {
	t.Helper()
	ids := []string{}
	for i, one := range a.json(t)["identities"].([]any) {
		identity := one.(map[string]any)
		if identity["primary"] != (i == 0) || (identity["profile"] != nil) != (i > 0) {
			t.Errorf("identity %d is %v", i, identity)
		}
		ids = append(ids, identity["provider"].(string)+"|"+identity["user_id"].(string))
	}
	return ids
}

// Two accounts of a person become one, and are parted again.
func TestLinkingAnAccount(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		path := "/identities/" + url.PathEscape(ada)
		signIn := s.signedInAs(t, "?connection=github", "octo@example.com")
		octo := subjectOf(signIn)
		body := proofs(s.idToken(t, "", "ada@example.com"), signIn["tokens"].(map[string]any)["id_token"].(string))

		wantAudited := func(change string) {
			t.Helper()
			lines := auditLines(t, s.log.String())
			if last := lines[len(lines)-1]; last["change"] != change || last["user"] != ada || last["other_user"] != octo || last["outcome"] != "done" {
				t.Errorf("audited as %v", last)
			}
		}
		got := s.call("POST", path, body)
		s.want(got, 201, "")
		if ids := accountsIn(t, got); !slices.Equal(ids, []string{ada, octo}) {
			t.Errorf("linked: %v", ids)
		}
		wantAudited("identity.link")
		if profile := got.json(t)["identities"].([]any)[1].(map[string]any)["profile"].(map[string]any); profile["email"] != "octo@example.com" || profile["email_verified"] != true || profile["picture"] == nil {
			t.Errorf("the profile is %v", profile)
		}
		if read := s.call("GET", path, ""); string(read.body) != string(got.body) {
			t.Errorf("POST answered %s, GET %s", got.body, read.body)
		}
		s.want(s.call("GET", "/users/"+url.PathEscape(octo), ""), 404, "user-not-found")
		if subject := subjectOf(s.signedInAs(t, "?connection=github", "octo@example.com")); subject != ada {
			t.Errorf("GitHub signs in %s, want Ada", subject)
		}

		s.want(s.call("POST", path, body), 409, "identity-already-linked") // as after a lost answer
		again := proofs(s.idToken(t, "", "ada@example.com"), s.idToken(t, "?connection=github", "octo@example.com"))
		s.want(s.call("POST", path, again), 409, "identity-already-linked")

		provider, identity, _ := strings.Cut(octo, "|")
		s.want(s.call("DELETE", path+"/auth0/"+strings.TrimPrefix(ada, "auth0|"), ""), 422, "primary-identity")
		got = s.call("DELETE", path+"/"+provider+"/"+identity, "")
		s.want(got, 200, "")
		if ids := accountsIn(t, got); !slices.Equal(ids, []string{ada}) {
			t.Errorf("unlinked: %v", ids)
		}
		wantAudited("identity.unlink")
		s.want(s.call("DELETE", path+"/"+provider+"/"+identity, ""), 404, "identity-not-found")
		if subject := subjectOf(s.signedInAs(t, "?connection=github", "octo@example.com")); subject != octo {
			t.Errorf("GitHub signs in %s, want its own account", subject)
		}
		for _, part := range strings.FieldsFunc(body, func(r rune) bool { return r == '"' || r == '.' }) {
			if len(part) > 40 && strings.Contains(s.log.String(), part) {
				t.Error("a part of a token is in the log")
			}
		}
	})
}

// Unlinking succeeds where its first attempt was made although the answer was
// lost, and tells what the provider refuses for another reason.
func TestUnlinkingTwice(t *testing.T) {
	const unlink = "DELETE /api/v2/users/{id}/identities/{provider}/{user_id}"
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		id := s.linked(t, "twice@example.com")
		path := "/identities/" + url.PathEscape(id) + "/" + s.linkedTo(t, id)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: unlink, Times: 1, Status: 400})
		s.want(s.call("DELETE", path, ""), 400, "invalid-request")
		s.tenant.Tenant.Fail(localtenant.Fault{Route: unlink, Times: 1, Kind: localtenant.FaultResetBody})
		got := s.call("DELETE", path, "")
		s.want(got, 200, "")
		if ids := accountsIn(t, got); !slices.Equal(ids, []string{id}) {
			t.Errorf("unlinked: %v", ids)
		}
	})
}

func TestIdentitiesRefuse(t *testing.T) {
	nobody := "/identities/auth0%7Cnobody"
	tests := map[string]struct {
		method, target string
		status         int
		code           string
	}{
		"an unknown user":         {"GET", nobody, 404, "user-not-found"},
		"an unknown user, unlink": {"DELETE", nobody + "/github/1", 404, "user-not-found"},
		"another provider":        {"DELETE", "/identities/" + url.PathEscape(ada) + "/github/65e19a100000000000000001", 404, "identity-not-found"},
		"no id":                   {"GET", "/identities/%2E%2E", 400, "invalid-request"},
		"no provider":             {"DELETE", nobody + "/%2E%2E/1", 400, "invalid-request"},
		"no identity":             {"DELETE", nobody + "/github/%2E%2E", 400, "invalid-request"},
		"perhaps a hint":          {"GET", "/identities/" + url.PathEscape(ada) + "?suggest=yes", 400, "invalid-request"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				wantAnswer(t, s.as(t, tt.method, tt.target, ""), tt.status, tt.code)
			})
		}
	})
}

// Identities' ids may hold what has a meaning in paths and queries.
func TestUnlinkingStrangeIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.eachStrangeID(t, func(t *testing.T, id string) {
			provider, identity, _ := strings.Cut(id, "|")
			s.manage(t, "POST", "/users/"+url.PathEscape(ada)+"/identities", string(must(json.Marshal(map[string]string{"provider": provider, "user_id": identity}))))
			got := s.as(t, "DELETE", "/identities/"+url.PathEscape(ada)+"/"+url.PathEscape(provider)+"/"+url.PathEscape(identity), "")
			if identity == ".." {
				wantAnswer(t, got, 400, "invalid-request")
				return
			}
			wantAnswer(t, got, 200, "")
			wantAnswer(t, s.as(t, "GET", "/users/"+url.PathEscape(id), ""), 200, "")
		})
	})
}
