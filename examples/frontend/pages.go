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
	"precondition-failed":         "Your account was changed elsewhere meanwhile. Here is how it is now: try again.",
	"too-many-requests":           "There is too much going on. Try again in a minute.",
}

func textOf(err error) string {
	var refused *problem
	if errors.As(err, &refused) {
		if text, known := texts[refused.Code]; known {
			return text
		}
	}
	return "Something went wrong. Try again."
}

// faults are what is wrong with a form.
func faults(refused *problem) []string {
	if _, known := texts[refused.Code]; known || len(refused.Errors) == 0 {
		return []string{textOf(refused)}
	}
	var all []string
	for _, fault := range refused.Errors {
		all = append(all, fault.Field+" "+fault.Detail)
	}
	return all
}

// showError tells the person little and the log more. The request's id joins it
// with Usher's log.
func showError(w http.ResponseWriter, err error) {
	log.Print(err)
	status, id := http.StatusBadGateway, ""
	var refused *problem
	if errors.As(err, &refused) {
		id = refused.RequestID
		if refused.Status < http.StatusInternalServerError {
			status = http.StatusBadRequest
		}
	}
	show(w, status, "error.html", struct{ Text, RequestID string }{textOf(err), id})
}
