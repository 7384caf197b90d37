package main

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// signUpPage is what the form shows.
type signUpPage struct {
	Key    string // makes sending the form twice create one user
	Email  string
	Name   string
	Faults faults
}

func (a *app) signUpForm(w http.ResponseWriter, _ *http.Request) {
	show(w, http.StatusOK, "signup.html", signUpPage{Key: rand.Text()})
}

// signUp creates the user, has the provider mail a link to verify the address,
// and goes on to the sign-in.
func (a *app) signUp(w http.ResponseWriter, r *http.Request) {
	page := signUpPage{Key: r.PostFormValue("key"), Email: r.PostFormValue("email"), Name: r.PostFormValue("name")}
	body := struct {
		Email       string `json:"email"`
		Name        string `json:"name,omitempty"`
		Password    string `json:"password"`
		VerifyEmail bool   `json:"verify_email"`
	}{page.Email, page.Name, r.PostFormValue("password"), true}
	_, err := a.usher.do(r.Context(), call{
		method: http.MethodPost, path: "/users", body: body,
		header: http.Header{"Idempotency-Key": {page.Key}},
	})
	if err == nil {
		http.Redirect(w, r, "/login?"+url.Values{"login_hint": {page.Email}, "return_to": {"/account"}}.Encode(), http.StatusSeeOther)
		return
	}
	page.Faults = report(err)
	status := http.StatusBadGateway // the user may exist: sending the same key again finds out
	if refused, ok := refusal(err); ok {
		status, page.Key = refused.Status, rand.Text() // the next form is another request
	}
	show(w, status, "signup.html", page)
}
