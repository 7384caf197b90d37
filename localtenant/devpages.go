package localtenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/localtenant/devpages"
)

// devPage is a page for developers.
type devPage struct {
	name     string // its path below devpages.Root
	template string
	title    string
	group    string // of the navigation; "" is not in it
	text     string // what the page is for, in a link to it
	data     func(*http.Request) (any, error)
	forms    []devForm
}

// devForm is a form of a page. It has its effect by the handler of a control route, which it gives
// the JSON that the fields stand for.
type devForm struct {
	name         string // the last part of its path
	title, text  string
	button, done string
	danger       bool
	fields       func() []devpages.Field // nil is only the button
	shown        func() any              // what the fields show before they are changed; nil is nothing
	do           handler
}

// PageLink is a link to a page for developers.
type PageLink struct{ Title, Path, Text string }

// PageLinks returns links to the pages of the navigation, the first page first.
func (t *Tenant) PageLinks() (links []PageLink) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.devPages() {
		if p.group != "" {
			links = append(links, PageLink{p.title, p.path(), p.text})
		}
	}
	return links
}

// overview is the name of the first page, whose path is devpages.Root.
const overview = "overview"

// devPages lists the pages in the order of the navigation.
func (t *Tenant) devPages() []devPage {
	return []devPage{
		t.overviewPage(), t.mailsPage(), t.mailPage(), t.usersPage(), t.userPage(), t.logPage(), t.logLinePage(),
		t.faultsPage(), t.limitsPage(), t.clockPage(), t.quirksPage(), t.importsPage(), t.signInPage(), t.keysPage(),
	}
}

// devRoutes are the routes of the pages and of their forms.
func (t *Tenant) devRoutes() []Route {
	routes := []Route{
		{"GET /_tenant/{$}", toDevPages, nil},
		{"GET " + devpages.Root + "style.css", devStylesheet, nil},
		{"GET " + devpages.Root + "mails/{number}/body", found(t.mail, t.mailBody), nil},
		{"GET " + devpages.Root + "{path...}", t.noDevPage, nil},
	}
	for _, p := range t.devPages() {
		pattern := p.path()
		if p.name == overview {
			pattern += "{$}"
		}
		routes = append(routes, Route{"GET " + pattern, t.showDevPage(p), nil})
		for _, f := range p.forms {
			routes = append(routes, Route{"POST " + p.action(f), t.submitDevForm(p, f), nil})
		}
	}
	return routes
}

func (p devPage) path() string {
	if p.name == overview {
		return devpages.Root
	}
	return devpages.Root + p.name
}

func (p devPage) action(f devForm) string { return devpages.Root + p.name + "/" + f.name }

func toDevPages(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, devpages.Root, http.StatusSeeOther)
	return nil
}

func devStylesheet(w http.ResponseWriter, _ *http.Request) error { return devpages.Stylesheet(w) }

// noDevPage answers for a path below devpages.Root that no page has.
func (t *Tenant) noDevPage(w http.ResponseWriter, _ *http.Request) error {
	return t.missing(w, newAPIError(http.StatusNotFound, "", "There is no such page."))
}

// missing shows why there is nothing to show.
func (t *Tenant) missing(w http.ResponseWriter, e *apiError) error {
	return t.devSite.Render(w, e.Status, devpages.View{
		Template: "missing", Title: e.Title, Sections: t.navigation(""), Data: e.Message,
	})
}

// showDevPage shows a page, with the message of the form that led to it.
func (t *Tenant) showDevPage(p devPage) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return t.renderDevPage(w, r, p, "", nil)
	}
}

// submitDevForm runs a form. It leads back to its page, which reloading then does not submit again. A
// form that is refused is shown with what was typed.
func (t *Tenant) submitDevForm(p devPage, f devForm) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		problem, err := f.run(r)
		if err != nil {
			return err
		}
		if problem != nil {
			return t.renderDevPage(w, r, p, f.name, problem)
		}
		http.Redirect(w, r, p.path()+"?done="+f.name, http.StatusSeeOther)
		return nil
	}
}

// run has the effect of a form. The problem is one that the developer can solve.
func (f devForm) run(r *http.Request) (problem, err error) {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("read the form: %w", err), nil
	}
	var fields []devpages.Field
	if f.fields != nil {
		fields = f.fields()
	}
	text, problem := devpages.Encode(fields, r.PostForm)
	if problem != nil {
		return problem, nil
	}
	control := r.Clone(r.Context())
	control.Body = io.NopCloser(bytes.NewReader(text))
	err = f.do(&buffer{header: http.Header{}}, control)
	if refused, ok := errors.AsType[*apiError](err); ok {
		return refused, nil
	}
	return nil, err
}

// renderDevPage renders a page. If the form named submitted had a problem, it has what was typed.
func (t *Tenant) renderDevPage(w http.ResponseWriter, r *http.Request, p devPage, submitted string, problem error) error {
	data, err := p.data(r)
	if e, ok := errors.AsType[*apiError](err); ok {
		return t.missing(w, e)
	}
	if err != nil {
		return err
	}
	view := devpages.View{
		Template: p.template, Title: p.title, Sections: t.navigation(p.name), Forms: map[string]devpages.Form{}, Data: data,
	}
	status := http.StatusOK
	if problem != nil {
		status, view.Problem = http.StatusBadRequest, problem.Error()
	}
	for _, f := range p.forms {
		form := devpages.Form{
			Name: f.name, Action: p.action(f), Title: f.title, Text: f.text, Button: f.button, Danger: f.danger,
		}
		values, failed := f.values()
		wrong := error(nil)
		if f.name == submitted {
			values, wrong = r.PostForm, problem
		}
		if f.fields != nil {
			form.Fill(f.fields(), values, wrong)
		} else {
			form.Fill(nil, nil, wrong)
		}
		view.Forms[f.name] = form
		if problem == nil && f.name == r.URL.Query().Get("done") {
			view.Done = f.done
		}
		err = errors.Join(err, failed)
	}
	if err != nil {
		return err
	}
	return t.devSite.Render(w, status, view)
}

// values are what the fields show before they are changed.
func (f devForm) values() (url.Values, error) {
	if f.shown == nil {
		return nil, nil
	}
	text, err := json.Marshal(f.shown())
	if err != nil {
		return nil, fmt.Errorf("show a form: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("show a form: %w", err)
	}
	return devpages.Decode(f.fields(), doc), nil
}

// navigation lists the pages. A page below another one belongs to that one.
func (t *Tenant) navigation(name string) []devpages.Section {
	var sections []devpages.Section
	for _, p := range t.devPages() {
		if p.group == "" {
			continue
		}
		i := slices.IndexFunc(sections, func(s devpages.Section) bool { return s.Title == p.group })
		if i < 0 {
			i = len(sections)
			sections = append(sections, devpages.Section{Title: p.group})
		}
		current := name == p.name || strings.HasPrefix(name, p.name+"/") || name+"s" == p.name
		sections[i].Links = append(sections[i].Links, devpages.Link{Title: p.title, URL: p.path(), Current: current})
	}
	return sections
}

// settingsForm is a form that changes some settings.
func (t *Tenant) settingsForm(f devForm, fields ...devpages.Field) devForm {
	f.fields = func() []devpages.Field { return fields }
	f.shown = func() any { return t.currentSettings() }
	f.do = t.patchSettings
	f.button, f.done = "Save", "The settings are saved."
	return f
}

// shownTime is how the pages write times, all of which are in UTC.
const shownTime = "2006-01-02 15:04:05"

// noData is the data of a page that has only forms.
func noData(*http.Request) (any, error) { return nil, nil }

// choices are options without labels, each of which is the value.
func choices[T ~string](values ...T) []devpages.Option {
	var out []devpages.Option
	for _, v := range values {
		out = append(out, devpages.Option{Value: string(v), Label: string(v)})
	}
	return out
}

// contains reports whether a text has what was searched for in it, in any case.
func contains(query string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(query))
	})
}

// searchBox is the search form of a list.
type searchBox struct{ Label, Hint, Query string }

func searchOf(r *http.Request, label, hint string) searchBox {
	return searchBox{label, hint, strings.TrimSpace(r.URL.Query().Get("q"))}
}
