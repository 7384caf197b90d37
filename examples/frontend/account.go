package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
)

// user is what the account page needs of a user.
type user struct {
	ID            string         `json:"id"`
	Email         string         `json:"email"`
	EmailVerified bool           `json:"email_verified"`
	Name          string         `json:"name"`
	Blocked       bool           `json:"blocked"`
	Metadata      map[string]any `json:"metadata"` // other front-ends write it, too: expect anything
}

// language is one of those that the account page offers.
type language struct{ Code, Name string }

var languages = []language{{"en", "English"}, {"de", "Deutsch"}, {"fr", "français"}}

func isOffered(code string) bool {
	return slices.ContainsFunc(languages, func(l language) bool { return l.Code == code })
}

// Language is the user's, if it is one of those offered.
func (u user) Language() string {
	if code, _ := u.Metadata["language"].(string); isOffered(code) {
		return code
	}
	return ""
}

// accountPage is what the page shows.
type accountPage struct {
	User   user
	MFA    bool
	ETag   string // of the user as shown
	Faults faults
}

// Languages are those to choose from.
func (accountPage) Languages() []language { return languages }

// current reads the session's user and their ETag from Usher. It ends the sessions of a deleted or
// blocked user. If it returns false, it has sent a response.
func (a *app) current(w http.ResponseWriter, r *http.Request, s session) (u user, etag string, ok bool) {
	// The user ID comes from the session, never from the request.
	got, err := a.usher.do(r.Context(), call{method: http.MethodGet, path: "/users/" + url.PathEscape(s.userID)})
	if err == nil {
		err = json.Unmarshal(got.body, &u)
	}
	refused, isRefused := refusal(err)
	switch {
	case isRefused && refused.Code == "user-not-found" || u.Blocked:
		a.sessions.endAll(s.userID)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case err != nil:
		showError(w, err)
	default:
		return u, got.header.Get("ETag"), true
	}
	return user{}, "", false
}

func (a *app) account(w http.ResponseWriter, r *http.Request, s session) {
	a.showAccount(w, r, s, http.StatusOK, faults{})
}

func (a *app) showAccount(w http.ResponseWriter, r *http.Request, s session, status int, told faults) {
	if u, etag, ok := a.current(w, r, s); ok {
		show(w, status, "account.html", accountPage{User: u, MFA: s.mfa, ETag: etag, Faults: told})
	}
}

// change changes what the form says, and shows the user again.
func (a *app) change(w http.ResponseWriter, r *http.Request, s session) {
	language := r.PostFormValue("language")
	if language != "" && !isOffered(language) { // which the form does not send
		http.Error(w, "There is no such language.", http.StatusBadRequest)
		return
	}
	u, _, ok := a.current(w, r, s)
	if !ok {
		return
	}
	err := a.save(r, u, s.userID, language)
	if refused, ok := refusal(err); ok {
		a.showAccount(w, r, s, refused.Status, report(err))
	} else if err != nil {
		showError(w, err)
	} else {
		http.Redirect(w, r, "/account", http.StatusSeeOther) // so that reloading sends nothing twice
	}
}

// save changes the name, unless the user has changed since the page was shown. Then it changes the
// language, if the form has another one.
func (a *app) save(r *http.Request, u user, userID, language string) error {
	id := url.PathEscape(userID)
	_, err := a.usher.do(r.Context(), call{
		method: http.MethodPatch, path: "/users/" + id,
		header: http.Header{"If-Match": {r.PostFormValue("etag")}},
		body:   map[string]string{"name": r.PostFormValue("name")},
	})
	if err != nil || language == u.Language() {
		return err
	}
	change := map[string]*string{"language": &language}
	if language == "" {
		change["language"] = nil // which removes it
	}
	_, err = a.usher.do(r.Context(), call{method: http.MethodPatch, path: "/metadata/" + id, body: change})
	return err
}
