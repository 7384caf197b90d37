package localtenant

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates, one for each page, all in one layout.
type pages map[string]*template.Template

// allPages are parsed once, since tests start many tenants.
var allPages = sync.OnceValues(parsePages)

func parsePages() (pages, error) {
	files, err := fs.Glob(pageFiles, "pages/*.html")
	out := pages{}
	for _, file := range files {
		tmpl, failure := template.ParseFS(pageFiles, "pages/layout.html", file)
		err = errors.Join(err, failure)
		out[strings.TrimSuffix(path.Base(file), ".html")] = tmpl
	}
	return out, err
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

func badPage(message string) *pageError {
	return newPageError(http.StatusBadRequest, "invalid_request", message)
}

func newPageError(status int, code, message string) *pageError {
	return &pageError{status: status, Code: code, Message: message}
}

func (e *pageError) Error() string { return e.Code + ": " + e.Message }

func (e *pageError) respond(w http.ResponseWriter) {
	p, err := allPages()
	if err == nil {
		data := map[string]any{"Title": "Something went wrong", "Code": e.Code, "Message": e.Message}
		err = p.render(w, e.status, "error", "", data)
	}
	if err != nil {
		http.Error(w, e.Error(), e.status)
	}
}
