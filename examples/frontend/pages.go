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

// texts are the texts for people, by Usher's code. Usher's own texts are for developers.
var texts = map[string]string{
	"state-not-from-this-browser": "This sign-in was begun in another browser, or is finished already.",
	"state-expired":               "The sign-in took too long.",
	"access-denied":               "You are not allowed in, or have chosen not to sign in.",
	"user-exists":                 "This address cannot be used. Perhaps you have an account already?",
	"password-too-weak":           "This password is too easy to guess. Take a longer one, of letters, digits and other signs.",
	"precondition-failed":         "Your account was changed elsewhere meanwhile. Here is how it is now: try again.",
	"throttled":                   "There is too much going on. Try again in a minute.",
	"too-many-requests":           "There is too much going on. Try again in a minute.",
}

// fieldTexts are the texts for invalid fields.
var fieldTexts = map[string]string{
	"email":    "This is no email address that we can use.",
	"name":     "This name is too long, or missing.",
	"password": "This password is too long, or missing.",
}

// faults are the errors that a page shows. Without a text for the error, the page shows the
// request ID, which is also in Usher's log.
type faults struct {
	Texts     []string
	RequestID string
}

// report logs an error, and returns the texts for the person.
func report(err error) faults {
	log.Print(err)
	refused, ok := errors.AsType[*problem](err)
	if !ok {
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

// showError shows an error on a page without a form. It always shows the request ID, since there
// is nothing that the person can correct.
func showError(w http.ResponseWriter, err error) {
	told, status := report(err), http.StatusBadGateway
	if refused, ok := errors.AsType[*problem](err); ok {
		told.RequestID = refused.RequestID
	}
	if _, ok := refusal(err); ok {
		status = http.StatusBadRequest
	}
	show(w, status, "error.html", told)
}
