package web

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"usher/cmd/internal/console/session"
	"usher/cmd/internal/console/usher"
)

//go:embed templates/*.html
var templates embed.FS

// pages are the templates by name. Each is parsed with the layout and the shared parts.
type pages map[string]*template.Template

var functions = template.FuncMap{
	"initials": initials,
	"moment":   func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
	"instant":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"userPath": func(id string) string { return usher.Path("users", id) },
	"groupsOf": describeGroups,
	"factor":   factorName,
	"inWords":  inWords,
	"jobPath":  func(id string) string { return usher.Path("jobs", id) },
	"plural":   plural,
}

func parsePages() (pages, error) {
	shared, err := template.New("").Funcs(functions).ParseFS(templates, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	files, err := templates.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		own, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if all[name], err = own.ParseFS(templates, path.Join("templates", file.Name())); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// view is what the layout shows.
type view struct {
	Title   string
	Me      *person // nil if no person is signed in
	CSRF    string
	Notices []notice
	Assets  assets
	Main    any // the page's own data
}

// notice tells the result of an action, or a failure.
type notice struct {
	Kind      string // good, warn or bad
	Text      string
	Cure      string // what to do, if anything
	Details   []string
	RequestID string // finds the line in Usher's log
}

// show writes a page. It renders into a buffer, so that a failure cannot cut a page off.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name, title string, main any) {
	v := view{Title: title, Assets: s.assets, Main: main}
	if in, ok := visitOf(r); ok {
		v.Me, v.CSRF = &in.person, in.session.CSRF
		v.Notices = noticesOf(in.session)
	}
	var out bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&out, "layout", v); err != nil {
		s.Log.Error("a page could not be made", "page", name, "error", err.Error())
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
}

func noticesOf(x *session.Session) []notice {
	var all []notice
	for _, kept := range x.Notices() {
		if n, ok := kept.(notice); ok {
			all = append(all, n)
		}
	}
	return all
}

// fail writes a page with one failure.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, n notice) {
	n.Kind = "bad"
	s.show(w, r, status, "error", http.StatusText(status), n)
}

// failWith writes a page for an error of a call.
func (s *Site) failWith(w http.ResponseWriter, r *http.Request, err error) {
	s.logCall(err)
	s.fail(w, r, statusOf(err), explain(err))
}

// statusOf passes on a refusal's status. Failures of Usher and on the way to it are 502.
func statusOf(err error) int {
	p, ok := errors.AsType[*usher.Problem](err)
	switch {
	case !ok:
		return http.StatusBadGateway
	case p.Status == http.StatusNotFound || p.Status == http.StatusTooManyRequests || p.Status == http.StatusForbidden:
		return p.Status
	case p.Status < http.StatusInternalServerError:
		return http.StatusUnprocessableEntity
	}
	return http.StatusBadGateway
}

// initials replaces a picture: a picture's host would learn which users staff look at.
func initials(label string) string {
	var out []rune
	for _, word := range strings.FieldsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if out = append(out, unicode.ToUpper([]rune(word)[0])); len(out) == 2 {
			break
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return string(out)
}
