package web

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
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
	"plain":    plain,
}

// allPages are parsed once, since tests start many consoles.
var allPages = sync.OnceValues(parsePages)

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
	Inputs    []field // those that are wrong
	RequestID string  // finds the line in Usher's log
	Focus     bool    // whether the page begins there

	page string    // the path of the page that shows it; "" for any page
	at   time.Time // when it was kept for the next page
}

// show writes a page. It renders into a buffer, so that a failure cannot cut a page off.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name, title string, main any) {
	v := view{Title: title, Assets: s.assets, Main: main}
	if in, ok := visitOf(r); ok {
		v.Me, v.CSRF = &in.person, in.session.CSRF
		v.Notices = s.noticesFor(r, in.session)
	}
	v.Title = plain(v.Title)
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

// noticeAge is how long a result waits for its page. After that it would only confuse.
const noticeAge = time.Minute

// tellOn keeps a result for the next page, which has this path. No other page shows it: in another
// tab it would seem to be about another user.
func (s *Site) tellOn(x *session.Session, path string, n notice) {
	n.page, n.at = path, s.Now()
	x.Tell(n)
}

func (s *Site) noticesFor(r *http.Request, x *session.Session) []notice {
	due := func(kept any) bool {
		n, ok := kept.(notice)
		page, err := url.PathUnescape(n.page) // a proxy may have decoded some of the request's
		return ok && err == nil && (page == "" || page == r.URL.Path && s.Now().Sub(n.at) <= noticeAge)
	}
	over := func(kept any) bool {
		n, ok := kept.(notice)
		return !ok || s.Now().Sub(n.at) > noticeAge
	}
	var all []notice
	for _, kept := range x.Notices(due, over) {
		n := kept.(notice) // due has checked it
		n.Focus = len(all) == 0
		all = append(all, n)
	}
	return all
}

// plain removes what changes the direction of the text around it, and control characters. It is
// for places where no element isolates a text of a user.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, text)
}

// fail writes a page with one failure.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, n notice) {
	n.Kind = "bad"
	s.show(w, r, status, "error", cmp.Or(failures[status], http.StatusText(status)), n)
}

// failures are the titles of pages with one failure.
var failures = map[int]string{
	http.StatusBadRequest:          "Not accepted",
	http.StatusUnauthorized:        "Signed out",
	http.StatusForbidden:           "Not permitted",
	http.StatusNotFound:            "Not found",
	http.StatusConflict:            "Already sent",
	http.StatusUnprocessableEntity: "Not accepted",
	http.StatusTooManyRequests:     "Too many requests",
	http.StatusBadGateway:          "Something failed",
	http.StatusServiceUnavailable:  "Not available at the moment",
}

// failWith writes a page for an error of a call that changes nothing.
func (s *Site) failWith(w http.ResponseWriter, r *http.Request, err error) {
	s.logCall(err)
	n := explainRead(err)
	if r.Method == http.MethodPost {
		n.Text += " Nothing was done."
	}
	s.fail(w, r, statusOf(err), n)
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
