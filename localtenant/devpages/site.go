// Package devpages renders the local tenant's pages for developers, and reads their forms. It knows
// nothing of a tenant: package localtenant passes it the data, and runs the JSON of a form in the
// handler of the control route that has the same effect.
package devpages

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Root is the path of the first page. All others are below it.
const Root = "/_tenant/pages/"

//go:embed pages
var files embed.FS

// Site has the templates of all pages, by name.
type Site map[string]*template.Template

// New returns the pages. Their templates are parsed once, since tests start many tenants.
var New = sync.OnceValues(parse)

func parse() (Site, error) {
	names, err := fs.Glob(files, "pages/*.html")
	site := Site{}
	for _, name := range names {
		tmpl, failure := template.New("").Funcs(template.FuncMap{"json": Pretty}).
			ParseFS(files, "pages/layout.html", "pages/form.html", "pages/parts.html", name)
		err = errors.Join(err, failure)
		site[strings.TrimSuffix(path.Base(name), ".html")] = tmpl
	}
	return site, err
}

// Link is a link of the navigation.
type Link struct {
	Title, URL string
	Current    bool
}

// Section is a group of links of the navigation.
type Section struct {
	Title string
	Links []Link
}

// View is what a page shows.
type View struct {
	Template string
	Title    string // of the page, and its only h1
	Sections []Section
	Done     string // the message after a form; "" for none
	Problem  string // why a form was refused; "" for none
	Forms    map[string]Form
	Data     any
}

// policy lets a page load the stylesheet, frame a mail and send its forms, all from here only.
const policy = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Render writes a page.
func (s Site) Render(w http.ResponseWriter, status int, v View) error {
	// With no-referrer, a browser sends a form with the opaque origin "null". It says that the
	// origin is the same in Sec-Fetch-Site, but only to https and loopback, and so the guard
	// against other sites would refuse the forms of a tenant elsewhere.
	referrer := "no-referrer"
	if len(v.Forms) > 0 {
		referrer = "same-origin"
	}
	h := w.Header()
	h.Set("X-Frame-Options", "DENY")
	return s.write(w, status, v.Template, policy, referrer, v)
}

func (s Site) write(w http.ResponseWriter, status int, name, policy, referrer string, data any) error {
	var b bytes.Buffer
	if err := s[name].ExecuteTemplate(&b, "layout", data); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", referrer)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}

// Stylesheet writes the stylesheet of all pages.
func Stylesheet(w http.ResponseWriter) error {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return fmt.Errorf("read the stylesheet: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, err = w.Write(css)
	return err
}
