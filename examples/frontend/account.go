package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// user is what the account page needs of a user.
type user struct {
	ID            string `json:"id"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name"`
	Blocked       bool   `json:"blocked"`
	Metadata      struct {
		Language string `json:"language"`
	} `json:"metadata"`
}

// accountPage is what the page shows.
type accountPage struct {
	User   user
	MFA    bool
	ETag   string // of the user as shown
	Faults faults
}

// account shows the user, fresh from Usher: who was deleted or blocked since
// signing in is signed in no longer.
func (a *app) account(w http.ResponseWriter, r *http.Request, s session) {
	a.showAccount(w, r, s, http.StatusOK, faults{})
}

func (a *app) showAccount(w http.ResponseWriter, r *http.Request, s session, status int, told faults) {
	// Whose account it is says the session alone, never the request.
	got, err := a.usher.do(r.Context(), call{method: http.MethodGet, path: "/users/" + url.PathEscape(s.userID)})
	page := accountPage{MFA: s.mfa, ETag: got.header.Get("ETag"), Faults: told}
	if err == nil {
		err = json.Unmarshal(got.body, &page.User)
	}
	var refused *problem
	if errors.As(err, &refused) && refused.Code == "user-not-found" || page.User.Blocked {
		a.sessions.endAll(s.userID)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err != nil {
		showError(w, err)
		return
	}
	show(w, status, "account.html", page)
}

// change changes the name, unless somebody else has changed the user since the
// page was shown, and then what the user may edit freely.
func (a *app) change(w http.ResponseWriter, r *http.Request, s session) {
	id := url.PathEscape(s.userID)
	_, err := a.usher.do(r.Context(), call{
		method: http.MethodPatch, path: "/users/" + id,
		header: http.Header{"If-Match": {r.PostFormValue("etag")}},
		body:   map[string]string{"name": r.PostFormValue("name")},
	})
	if err == nil {
		language := map[string]*string{"language": nil} // null removes it
		if chosen := r.PostFormValue("language"); chosen != "" {
			language["language"] = &chosen
		}
		_, err = a.usher.do(r.Context(), call{method: http.MethodPatch, path: "/metadata/" + id, body: language})
	}
	var refused *problem
	switch {
	case err == nil:
		http.Redirect(w, r, "/account", http.StatusSeeOther) // so that reloading sends nothing twice
	case errors.As(err, &refused) && refused.Status < http.StatusInternalServerError:
		a.showAccount(w, r, s, refused.Status, report(err))
	default:
		showError(w, err)
	}
}
