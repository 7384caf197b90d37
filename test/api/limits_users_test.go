package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/internal/limits"
	"usher/localtenant"
)

// shopIn starts the service, and once more with limits on the front-end "shop", as
// which both are reached.
func shopIn(t *testing.T, a auth, members string, changes ...func(*setup)) (free, shop *service) {
	t.Helper()
	s := start(t, a.way, changes...)
	s.calm(t)
	return s.by(a.caller("shop")), s.under(t, a, "allow", members).by(a.caller("shop"))
}

// eachAuth runs the test for every way in which front-ends are authenticated.
func eachAuth(t *testing.T, test func(*testing.T, auth)) {
	t.Helper()
	for _, a := range auths {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			test(t, a)
		})
	}
}

func wantRule(t *testing.T, got answer, rule string) {
	t.Helper()
	wantAnswer(t, got, 403, "outside-front-ends-limits")
	if told := got.json(t)["rule"]; told != rule {
		t.Errorf("the rule is %v, want %s", told, rule)
	}
}

func idsIn(t *testing.T, got answer) (ids []string) {
	t.Helper()
	wantAnswer(t, got, 200, "")
	for _, u := range got.json(t)["users"].([]any) {
		ids = append(ids, u.(map[string]any)["id"].(string))
	}
	slices.Sort(ids)
	return ids
}

// A user belongs to the connection of the first identity, whatever is linked.
func TestLinkedIdentitiesDoNotCount(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github"]`)
		local := free.linked(t, "linked@example.com") // a password first, github linked
		social := free.withLinkedPassword(t)          // the other way round
		pathOf := func(id string) string { return "/users/" + url.PathEscape(id) }
		wantRule(t, shop.as(t, "GET", pathOf(local), ""), "shop.connections")
		wantAnswer(t, shop.as(t, "GET", pathOf(social), ""), 200, "")
		for _, query := range []string{"", "?connection=github", "?sort=-email", "?search=l"} {
			got := idsIn(t, shop.as(t, "GET", "/users"+query, ""))
			if slices.Contains(got, local) || query != "?search=l" && !slices.Contains(got, social) {
				t.Errorf("%s: %v", query, got)
			}
		}
		if got := idsIn(t, shop.as(t, "GET", "/users?email=linked@example.com", "")); len(got) > 0 {
			t.Errorf("by address: %v", got)
		}
		wantRule(t, shop.as(t, "GET", "/users?connection="+localtenant.Connection, ""), "shop.connections")
		wantRule(t, shop.as(t, "GET", "/users?email=linked@example.com&connection="+localtenant.Connection, ""), "shop.connections")
	})
}

// A walk through the whole list finds the front-end's own users, all of them, and
// no other front-end's cursor leads further.
func TestListsAreNarrowedOnEveryPage(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github","google-oauth2"]`)
		want := []string{linus, "google-oauth2|109876543210987654321"}
		for i := range 5 {
			want = append(want, free.addUser(localtenant.User{UserID: fmt.Sprintf("77%d", i), Connection: "github", Email: fmt.Sprintf("w%d@example.com", i)}))
			free.linked(t, fmt.Sprintf("between%d@example.com", i))
		}
		slices.Sort(want)
		for _, sort := range []string{"created_at", "-created_at", "email", "username"} {
			var got []string
			for target := "/users?limit=2&sort=" + sort; target != ""; {
				page := shop.as(t, "GET", target, "")
				got = append(got, idsIn(t, page)...)
				next, _ := page.json(t)["next"].(string)
				if target = ""; next != "" {
					target = "/users?limit=2&sort=" + sort + "&cursor=" + next
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("by %s: %v, want %v", sort, got, want)
			}
		}
		theirs := free.as(t, "GET", "/users?limit=2", "").json(t)["next"].(string)
		wantAnswer(t, shop.as(t, "GET", "/users?limit=2&cursor="+theirs, ""), 400, "invalid-cursor")
		own := shop.as(t, "GET", "/users?limit=2", "").json(t)["next"].(string)
		wantAnswer(t, free.as(t, "GET", "/users?limit=2&cursor="+own, ""), 400, "invalid-cursor")
	})
}

func TestDeletingByAnAddressOfSeveral(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github"]`)
		const email = "shared@example.com"
		other := free.addUser(localtenant.User{Email: email})
		wantRule(t, shop.as(t, "DELETE", "/users?email="+email, ""), "shop.connections")
		own := free.addUser(localtenant.User{UserID: "42", Connection: "github", Email: email})
		wantAnswer(t, free.as(t, "DELETE", "/users?email="+email, ""), 409, "email-ambiguous")
		wantAnswer(t, shop.as(t, "DELETE", "/users", `{"email":"`+email+`"}`), 204, "")
		wantAnswer(t, free.as(t, "GET", "/users/"+url.PathEscape(own), ""), 404, "user-not-found")
		wantAnswer(t, free.as(t, "GET", "/users/"+url.PathEscape(other), ""), 200, "")
		wantAnswer(t, shop.as(t, "DELETE", "/users?email=nobody@example.com", ""), 404, "user-not-found")
	})
}

// Where there is no such user, each operation answers as it does to anybody.
func TestUsersWhoAreNotThere(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["`+localtenant.Connection+`"]`)
		const nobody = "auth0%7Cnobody"
		for _, tt := range []struct{ method, path, body string }{
			{"GET", "/users/" + nobody, ""}, {"DELETE", "/users/" + nobody, ""}, {"PATCH", "/users/" + nobody, `{"name":"X"}`},
			{"GET", "/metadata/" + nobody, ""}, {"PUT", "/blocks/" + nobody, ""}, {"GET", "/sessions/" + nobody, ""}, {"DELETE", "/sessions/" + nobody, ""},
			{"GET", "/mfa/" + nobody, ""}, {"GET", "/user-roles/" + nobody, ""}, {"GET", "/login-blocks/" + nobody, ""},
			{"GET", "/identities/" + nobody, ""}, {"GET", "/events/" + nobody, ""}, {"POST", "/password-tickets", `{"user_id":"auth0|nobody"}`},
			{"POST", "/verification-tickets", `{"user_id":"auth0|nobody"}`}, {"POST", "/verification-emails", `{"user_id":"auth0|nobody"}`},
			{"GET", "/users/%00", ""}, {"GET", "/events/%01", ""}, // and where there can be none
		} {
			want, got := free.as(t, tt.method, tt.path, tt.body), shop.as(t, tt.method, tt.path, tt.body)
			if got.status != want.status || got.status >= 400 && got.code(t) != want.code(t) {
				t.Errorf("%s %s: %d %s, but others are answered %d %s", tt.method, tt.path, got.status, got.body, want.status, want.body)
			}
		}
	})
}

// Whose history it was, nobody can tell once the user is gone.
func TestHistoryOfUsersWhoAreGone(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github"]`)
		newBrowser(t, free).tokens(t)
		path := "/events/" + url.PathEscape(ada)
		wantRule(t, shop.as(t, "GET", path, ""), "shop.connections")
		wantAnswer(t, free.as(t, "DELETE", "/users/"+url.PathEscape(ada), ""), 204, "")
		if list, _ := free.eventsOf(t, url.PathEscape(ada), ""); len(list) == 0 {
			t.Fatal("there is no history to hide")
		}
		if list, next := shop.eventsOf(t, url.PathEscape(ada), ""); len(list) > 0 || next != "" {
			t.Errorf("%v", list)
		}
	})
}

func TestLinkingWithinLimits(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["`+localtenant.Connection+`"]`)
		path := "/identities/" + url.PathEscape(ada)
		body := proofs(free.idToken(t, "", "ada@example.com"), free.idToken(t, "?connection=github", "octo@example.com"))
		wantRule(t, shop.as(t, "POST", path, body), "shop.connections")
		if got := accountsIn(t, free.as(t, "GET", path, "")); len(got) != 1 {
			t.Errorf("it was linked: %v", got)
		}
		own := free.addUser(localtenant.User{Email: "ada@example.com", EmailVerified: true, UserID: "4711", Connection: "github"})
		for who, want := range map[*service]int{free: 1, shop: 0} {
			got := who.as(t, "GET", path+"?suggest=true", "")
			wantAnswer(t, got, 200, "")
			if suggestions := got.json(t)["suggestions"].([]any); len(suggestions) != want {
				t.Errorf("%s: %v", own, suggestions)
			}
		}
	})
}

// An ETag is of what the front-end sees, so that it can be given back.
func TestUsersWithoutAppMetadata(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"app_metadata":false`)
		id := free.addUser(localtenant.User{Email: "plan@example.com", AppMetadata: map[string]any{"plan": "gold"}})
		path := "/users/" + url.PathEscape(id)
		read := shop.as(t, "GET", path, "")
		withoutAppMetadata(t, read)
		changed := shop.as(t, "PATCH", path, `{"name":"Me"}`, "If-Match", read.header.Get("ETag"))
		wantAnswer(t, changed, 200, "")
		withoutAppMetadata(t, changed)
		wantAnswer(t, shop.as(t, "PATCH", path, `{"name":"You"}`, "If-Match", read.header.Get("ETag")), 412, "precondition-failed")
		again := shop.as(t, "PATCH", path, `{}`)
		withoutAppMetadata(t, again)
		if again.header.Get("ETag") != changed.header.Get("ETag") {
			t.Error("the ETag is another one")
		}
		created := shop.as(t, "POST", "/users", `{"email":"mine@example.com"}`)
		wantAnswer(t, created, 201, "")
		withoutAppMetadata(t, created)
		for _, query := range []string{"", "?email=plan@example.com"} {
			withoutAppMetadata(t, shop.as(t, "GET", "/users"+query, ""))
		}
		if plan := free.as(t, "GET", path, "").json(t)["app_metadata"]; fmt.Sprint(plan) != "map[plan:gold]" {
			t.Errorf("it has become %v", plan)
		}
	})
}

// The audit log names the refused caller, the change and the user.
func TestRefusalsAreAudited(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		s := start(t, a.way)
		path := "/app-metadata/" + url.PathEscape(ada)
		for members, rule := range map[string]string{`"connections":[]`: "shop.connections", `"app_metadata":false`: "shop.app_metadata", "": limits.Unlisted} {
			limited := s.under(t, a, "refuse", members).by(a.caller("shop"))
			wantRule(t, limited.as(t, "PUT", path, `{}`), rule)
			line := ""
			for l := range strings.Lines(limited.log.String()) {
				if strings.Contains(l, `"change":"app-metadata.replace"`) {
					line = l
				}
			}
			for _, want := range []string{`"user":"` + ada + `"`, `"outcome":"refused"`, `"problem":"outside-front-ends-limits"`, "shop"} {
				if !strings.Contains(line, want) {
					t.Errorf("%s lacks %s", line, want)
				}
			}
			if !strings.Contains(limited.log.String(), "(rule "+rule+")") {
				t.Errorf("the log does not name the rule %s", rule)
			}
		}
	})
}

// The stack's own connection counts for a front-end that names none, too.
func TestTheDefaultConnectionIsLimited(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		_, shop := shopIn(t, a, `"connections":["sms"]`)
		wantRule(t, shop.as(t, "POST", "/users", `{"email":"new@example.com"}`), "shop.connections")
		wantRule(t, shop.as(t, "POST", "/users", `{"email":"new@example.com"}`, "Idempotency-Key", "k"), "shop.connections")
		wantRule(t, shop.as(t, "POST", "/password-resets", `{"email":"ada@example.com"}`), "shop.connections")
		wantAnswer(t, shop.as(t, "POST", "/users", `{"connection":"sms","phone_number":"+14155550199"}`), 201, "")
	})
}
