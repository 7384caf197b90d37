//go:build samlocal

package samlocal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A sample of what there is around an account, with an id that has to survive the gateway's
// way of writing paths. Every function is called in test/stack.
func TestAccount(t *testing.T) {
	inTurn(t)
	const invitation = `{"email":"noor@example.com","invite":"link","result_url":"%s/"}`
	body := strings.Replace(invitation, "%s", warm.url, 1)
	invited := warm.call(t, http.MethodPost, "/users", body, "Idempotency-Key", "invite-noor").want(t, 201).object(t)
	again := warm.call(t, http.MethodPost, "/users", body, "Idempotency-Key", "invite-noor").want(t, 201).object(t)
	id, _ := invited["id"].(string)
	if id == "" || again["id"] != id {
		t.Fatalf("one key made %v and %v", invited["id"], again["id"])
	}
	warm.call(t, http.MethodPost, "/users", strings.Replace(body, "noor", "nour", 1), "Idempotency-Key", "invite-noor").problem(t, 422, "idempotency-key-reused")
	user := url.PathEscape(id)

	first := warm.call(t, http.MethodPatch, "/metadata/"+user, `{"theme":{"colour":"green"}}`, "Content-Type", "application/merge-patch+json").want(t, 200)
	tag := first.header.Get("ETag")
	warm.call(t, http.MethodPatch, "/metadata/"+user, `{"theme":{"size":2}}`, "If-Match", tag).want(t, 200)
	warm.call(t, http.MethodPatch, "/metadata/"+user, `{"theme":{"size":3}}`, "If-Match", tag).problem(t, 412, "precondition-failed")
	if got := warm.call(t, http.MethodGet, "/metadata/"+user, "").want(t, 200).object(t)["theme"]; len(got.(map[string]any)) != 2 {
		t.Errorf("metadata %v", got)
	}

	mail := warm.call(t, http.MethodPost, "/verification-emails", `{"user_id":"`+id+`"}`).want(t, 202)
	warm.call(t, http.MethodGet, mail.header.Get("Location"), "").want(t, 200)

	if got := warm.call(t, http.MethodPut, "/blocks/"+user, "").want(t, 200).object(t); got["blocked"] != true || got["sessions_ended"] != true {
		t.Errorf("blocked: %v", got)
	}
	out := warm.call(t, http.MethodGet, "/logout", "").want(t, 302)
	if !strings.HasPrefix(out.header.Get("Location"), warm.tenant+"/") {
		t.Errorf("logout leads to %s", out.header.Get("Location"))
	}
	warm.call(t, http.MethodDelete, "/users/"+user, "").want(t, 204)
	warm.call(t, http.MethodGet, "/metadata/"+user, "").problem(t, 404, "user-not-found")
}
