package main

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log"
	"net/http"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// show answers with a page. The templates escape whatever goes into them.
func show(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		log.Printf("make the page %s: %v", name, err)
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// texts are what people are told, by Usher's code. Usher's own texts are for
// developers.
var texts = map[string]string{
	"state-not-from-this-browser": "This sign-in was begun in another browser, or is finished already.",
	"state-expired":               "The sign-in took too long.",
	"access-denied":               "You are not allowed in, or have chosen not to sign in.",
	"user-exists":                 "This address cannot be used. Perhaps you have an account already?",
	"password-too-weak":           "This password is too easy to guess. Take a longer one, of letters, digits and other signs.",
	"precondition-failed":         "Your account was changed elsewhere meanwhile. Here is how it is now: try again.",
	"too-many-requests":           "There is too much going on. Try again in a minute.",
}

// fieldTexts are what people are told of a field that Usher does not take.
var fieldTexts = map[string]string{
	"email":    "This is no email address that we can use.",
	"name":     "This name is too long, or missing.",
	"password": "This password is too long, or missing.",
}

// faults are what a page says of what went wrong. Where it can say little, the
// request's id joins it with Usher's log.
type faults struct {
	Texts     []string
	RequestID string
}

// report tells the log of an error, and returns what the person is told.
func report(err error) faults {
	log.Print(err)
	var refused *problem
	if !errors.As(err, &refused) {
		refused = &problem{}
	}
	if text, known := texts[refused.Code]; known {
		return faults{Texts: []string{text}}
	}
	var told faults
	for _, fault := range refused.Errors {
		if text, known := fieldTexts[fault.Field]; known && refused.Code == "invalid-request" {
			told.Texts = append(told.Texts, text)
		}
	}
	if told.Texts == nil {
		told = faults{Texts: []string{"Something went wrong. Try again."}, RequestID: refused.RequestID}
	}
	return told
}

// showError is for where there is no form to show again.
func showError(w http.ResponseWriter, err error) {
	told, status := report(err), http.StatusBadGateway
	var refused *problem
	if errors.As(err, &refused) {
		told.RequestID = refused.RequestID // whatever is told: there is nothing to mend here
		if refused.Status < http.StatusInternalServerError {
			status = http.StatusBadRequest
		}
	}
	show(w, status, "error.html", told)
}
