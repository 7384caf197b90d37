package web

import (
	"net/http"
	"net/url"
	"sync"

	"usher/cmd/internal/console/usher"
)

// historyBody is the data of the section.
type historyBody struct {
	Failure       *notice // of the history
	Events        []usher.Event
	Next          string
	Later         bool
	BlocksFailure *notice
	Blocks        usher.LoginBlocks
}

// readHistory reads the history and the blocks after wrong passwords. Either may fail.
func (s *Site) readHistory(r *http.Request, v visit, t target) any {
	query := url.Values{"limit": {"25"}}
	cursor := r.URL.Query().Get("cursor")
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	body := historyBody{Later: cursor != ""}
	var both sync.WaitGroup
	both.Go(func() {
		got, _, err := usher.Read[usher.Events](r.Context(), s.Usher, v.person.User.ID, usher.Path("events", t.User.ID), query)
		body.Failure, body.Events, body.Next = s.failure(err), got.Events, got.Next
	})
	both.Go(func() {
		got, _, err := usher.Read[usher.LoginBlocks](r.Context(), s.Usher, v.person.User.ID, usher.Path("login-blocks", t.User.ID), nil)
		body.BlocksFailure, body.Blocks = s.failure(err), got
	})
	both.Wait()
	return body
}

// happening is an event in words.
type happening struct{ Text, Kind string }

var happenings = map[string]happening{
	"signed-in":                         {"Signed in", "good"},
	"sign-in-failed":                    {"A sign-in failed", "bad"},
	"wrong-password":                    {"A sign-in failed because of a wrong password", "bad"},
	"signed-in-silently":                {"Signed in again without a question", "good"},
	"silent-sign-in-failed":             {"Was not signed in without a question", ""},
	"sign-in-blocked":                   {"Further sign-ins are refused for some time after too many attempts", "bad"},
	"sign-in-unblocked":                 {"The block after too many attempts was lifted", "good"},
	"sign-in-warning":                   {"Signed in, with a warning to the operator", "warn"},
	"code-sent":                         {"A code or a link to sign in was sent", ""},
	"signed-up":                         {"Signed up", "good"},
	"sign-up-failed":                    {"A sign-up failed", "bad"},
	"invitation-accepted":               {"Accepted an invitation", "good"},
	"invitation-failed":                 {"Could not accept an invitation", "bad"},
	"signed-out":                        {"Signed out", ""},
	"sign-out-failed":                   {"A sign-out failed", "bad"},
	"password-changed":                  {"The password was changed", "warn"},
	"password-change-failed":            {"The password could not be changed", "bad"},
	"password-change-requested":         {"A link to set a password was requested", ""},
	"password-change-request-failed":    {"A link to set a password could not be requested", "bad"},
	"password-leaked":                   {"The password is known from a leak", "bad"},
	"email-changed":                     {"The address was changed", "warn"},
	"email-change-failed":               {"The address could not be changed", "bad"},
	"email-verified":                    {"The address was verified", "good"},
	"email-verification-failed":         {"The address could not be verified", "bad"},
	"email-verification-requested":      {"A link to verify the address was requested", ""},
	"email-verification-request-failed": {"A link to verify the address could not be requested", "bad"},
	"username-changed":                  {"The username was changed", "warn"},
	"username-change-failed":            {"The username could not be changed", "bad"},
	"phone-changed":                     {"The phone number was changed", "warn"},
	"phone-change-failed":               {"The phone number could not be changed", "bad"},
	"deleted":                           {"The user was deleted", "bad"},
	"deletion-failed":                   {"The user could not be deleted", "bad"},
	"mfa-required":                      {"A second factor was requested", ""},
	"mfa-started":                       {"The check of a second factor began", ""},
	"mfa-succeeded":                     {"The second factor was right", "good"},
	"mfa-failed":                        {"The second factor was wrong", "bad"},
	"mfa-rejected":                      {"Rejected the request on the device", "bad"},
	"mfa-limited":                       {"Too many codes were wrong or requested", "bad"},
	"mfa-code-sent":                     {"A code or a push message was sent", ""},
	"mfa-code-not-sent":                 {"A code or a push message could not be sent", "bad"},
	"mfa-enrollment-started":            {"The enrolment of a factor began", ""},
	"mfa-enrolled":                      {"A factor was enrolled", "warn"},
	"mfa-enrollment-failed":             {"A factor could not be enrolled", "bad"},
	"mfa-changed":                       {"A factor was changed", "warn"},
	"mfa-removed":                       {"A factor was removed", "warn"},
	"recovery-code-used":                {"A recovery code was used", "warn"},
	"recovery-code-failed":              {"A recovery code was wrong", "bad"},
	"tokens-issued":                     {"An application got tokens after a sign-in", ""},
	"tokens-refused":                    {"An application got no tokens after a sign-in", "bad"},
	"tokens-refreshed":                  {"An application refreshed its tokens", ""},
	"token-refresh-refused":             {"An application could not refresh its tokens", "bad"},
	"refresh-token-reused":              {"A used refresh token was sent again, possibly by a thief", "bad"},
	"tokens-revoked":                    {"Tokens were revoked", ""},
	"api-change":                        {"A program changed the account", "warn"},
	"api-change-failed":                 {"A program could not change the account", "bad"},
	"api-read":                          {"A program read a secret of the account", "warn"},
}

func inWords(event string) happening {
	if known, ok := happenings[event]; ok {
		return known
	}
	return happening{Text: "Another event"}
}
