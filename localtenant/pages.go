package localtenant

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates, one for each page, all in one layout.
type pages map[string]*template.Template

func parsePages() (pages, error) {
	out := pages{}
	for _, name := range []string{"login", "signup", "forgotten", "reset", "challenge", "recovery", "enrol", "social", "message", "error"} {
		tmpl, err := template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		out[name] = tmpl
	}
	return out, nil
}

// render writes a page. Its policy lets it load its stylesheet and nothing else,
// and send its form here, or on to where the application takes it from here:
// browsers hold the redirects that follow a form to form-action as well.
func (p pages) render(w http.ResponseWriter, status int, name, formTarget string, data any) error {
	var b bytes.Buffer
	if err := p[name].ExecuteTemplate(&b, "layout", data); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'"+
		formTarget+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}

// show renders a page. With a problem in the data, its status is 400.
func (p pages) show(w http.ResponseWriter, name, formTarget string, data map[string]any) error {
	status := http.StatusOK
	if problem, _ := data["Error"].(string); problem != "" {
		status = http.StatusBadRequest
	}
	return p.render(w, status, name, formTarget, data)
}

// message shows a page that only says something.
func (p pages) message(w http.ResponseWriter, title, message string) error {
	return p.show(w, "message", "", map[string]any{"Title": title, "Message": message})
}

// origin is the form target of a redirect URI, with the space that keeps it apart.
func origin(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Host == "":
		return " " + u.Scheme + ":" // of an app on a device
	}
	return " " + u.Scheme + "://" + u.Host
}

func (t *Tenant) stylesheet(w http.ResponseWriter, _ *http.Request) error {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return fmt.Errorf("read the stylesheet: %w", err)
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err = w.Write(css)
	return err
}

// pageError is an error that only the user in front of the browser can be told:
// there is no redirect URI that could be trusted with it.
type pageError struct {
	status        int
	Code, Message string
}

func newPageError(status int, code, message string) *pageError {
	return &pageError{status: status, Code: code, Message: message}
}

func (e *pageError) Error() string { return e.Code + ": " + e.Message }

func (e *pageError) respond(w http.ResponseWriter) {
	p, err := parsePages() // seldom needed, so parsed when it is
	if err == nil {
		err = p.render(w, e.status, "error", "", map[string]any{"Title": "Something went wrong", "Code": e.Code, "Message": e.Message})
	}
	if err != nil {
		http.Error(w, e.Error(), e.status)
	}
}
