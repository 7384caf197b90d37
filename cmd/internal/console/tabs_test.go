package console_test

import (
	"net/url"
	"sync"
	"testing"
	"time"
)

const graceID = "auth0|65e19a100000000000000002"

// A person works in several tabs: a result is on the page of its user, and on no other.
func TestResultsOfOtherTabs(t *testing.T) {
	const told = "The user is blocked and signed out everywhere."
	w := newWorld(t)
	b := w.staff(supportEmail)
	b.http.CheckRedirect = lastResponse // the first tab is slow
	b.post(userPath(customerID, "block"), nil)
	for _, path := range []string{userPath(graceID), "/users", userPath(customerID, "history"), "/nothing"} {
		b.get(path).lacks(t, told)
	}
	b.get(userPath(customerID)).has(t, told)
	b.get(userPath(customerID)).lacks(t, told)

	b.post(userPath(customerID, "unblock"), nil)
	w.clock.Advance(2 * time.Minute)
	b.get(userPath(customerID)).lacks(t, "no longer blocked") // too late to be of use
}

// The result of a form that shows a link is in the response to it.
func TestResultsOfLinks(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	path := userPath(customerID, "password-link")
	shown := b.get(userPath(customerID))
	b.post(path, url.Values{"key": {shown.key(path)}, "ttl": {"3600"}}).has(t, "The link is ready.")
	b.get(userPath(customerID)).lacks(t, "The link is ready.")
}

// A form that is sent by many tabs at the same time has one effect.
func TestParallelForms(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	path := userPath(customerID, "password-mail")
	form := url.Values{"key": {b.get(userPath(customerID)).key(path)}, "csrf": {b.csrf}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			resp, err := b.http.Do(b.request("POST", w.url+path, form))
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		})
	}
	all.Wait()
	if got := w.mails("reset_email", customerEmail); got != 1 {
		t.Errorf("%d mails", got)
	}
}
