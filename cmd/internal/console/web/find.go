package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// pageSize is how many users one page lists.
const pageSize = "25"

// The ways to search.
const (
	byText  = "text"
	byEmail = "email"
	byID    = "id"
)

// filters are the parameters of a list that contain no personal data. They are in URLs.
var filters = []string{"blocked", "email_verified", "connection", "created_after", "created_before", "last_login_after", "last_login_before", "sort"}

// orders are the offered values of sort.
var orders = []struct{ Value, Text string }{
	{"created_at", "Oldest first"},
	{"-created_at", "Newest first"},
	{"-last_login", "Last sign-in, latest first"},
	{"last_login", "Last sign-in, earliest first"},
	{"name", "Name, A to Z"},
	{"-name", "Name, Z to A"},
	{"email", "Address, A to Z"},
	{"-email", "Address, Z to A"},
	{"-updated_at", "Last changed first"},
}

// listing is the data of the page with users.
type listing struct {
	By, Query string // the search; "" for a list
	Filter    map[string]string
	Filtered  bool
	Orders    any
	Users     []usher.User
	Next      string // the cursor of the next page
	NextURL   string // of a list; a search continues with a form
	Later     bool   // not the first page
	Failure   *notice
	Searched  bool
}

// listUsers serves GET /users: a list by filters, whose URL contains no personal data.
func (s *Site) listUsers(w http.ResponseWriter, r *http.Request, v visit) {
	in := r.URL.Query()
	page := newListing(in)
	query := page.query(in)
	s.fillPage(r, v, &page, query)
	if page.Next != "" {
		next := page.filterQuery()
		next.Set("cursor", page.Next)
		page.NextURL = "/users?" + next.Encode()
	}
	s.show(w, r, http.StatusOK, "users", "Users", page)
}

// findUsers serves POST /users: a search, whose text must not be in a URL.
func (s *Site) findUsers(w http.ResponseWriter, r *http.Request, v visit) {
	page := newListing(r.PostForm)
	page.By, page.Query = r.PostForm.Get("by"), strings.TrimSpace(r.PostForm.Get("q"))
	page.Searched = page.Query != ""
	query := page.query(r.PostForm)
	switch {
	case !page.Searched:
	case page.By == byID:
		s.fillUser(r, v, &page)
		s.show(w, r, http.StatusOK, "users", "Users", page)
		return
	case page.By == byEmail:
		query.Set("email", page.Query)
	default:
		query.Set("search", page.Query)
	}
	s.fillPage(r, v, &page, query)
	s.show(w, r, http.StatusOK, "users", "Users", page)
}

func newListing(in url.Values) listing {
	page := listing{By: byText, Filter: map[string]string{}, Orders: orders, Later: in.Get("cursor") != ""}
	for _, name := range filters {
		page.Filter[name] = strings.TrimSpace(in.Get(name))
		page.Filtered = page.Filtered || page.Filter[name] != "" && name != "sort"
	}
	return page
}

// filterQuery returns the filters for a URL of the console.
func (l *listing) filterQuery() url.Values {
	query := url.Values{}
	for _, name := range filters {
		if value := l.Filter[name]; value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// query returns the parameters for Usher.
func (l *listing) query(in url.Values) url.Values {
	query := l.filterQuery()
	for name, values := range query {
		if isDate := strings.HasSuffix(name, "_after") || strings.HasSuffix(name, "_before"); isDate {
			if day, err := time.Parse(time.DateOnly, values[0]); err == nil {
				query.Set(name, day.Format(time.RFC3339))
			}
		}
	}
	query.Set("limit", pageSize)
	if cursor := in.Get("cursor"); cursor != "" {
		query.Set("cursor", cursor)
	}
	return query
}

func (s *Site) fillPage(r *http.Request, v visit, page *listing, query url.Values) {
	if !v.person.Groups.Has(policy.Read) {
		page.Failure = &notice{Kind: "bad", Text: "Your role does not let you see users.", Cure: "Ask an administrator."}
		return
	}
	got, err := s.Usher.List(r.Context(), v.person.User.ID, query)
	page.Users, page.Next = got.Users, got.Next
	page.failed(s, err)
}

// fillUser looks a user up by ID.
func (s *Site) fillUser(r *http.Request, v visit, page *listing) {
	if !v.person.Groups.Has(policy.Read) {
		page.Failure = &notice{Kind: "bad", Text: "Your role does not let you see users.", Cure: "Ask an administrator."}
		return
	}
	user, _, err := s.Usher.Get(r.Context(), v.person.User.ID, page.Query)
	if usher.IsGone(err) {
		return
	}
	if err == nil {
		page.Users = []usher.User{user}
	}
	page.failed(s, err)
}

func (l *listing) failed(s *Site, err error) {
	l.Failure = s.failure(err)
}

// Is reports whether a search or a filter has a value, for the form.
func (l listing) Is(name, value string) bool {
	if name == "by" {
		return l.By == value
	}
	return l.Filter[name] == value
}

// OrderKnown reports whether the form offers the order.
func (l listing) OrderKnown() bool {
	return slices.ContainsFunc(orders, func(o struct{ Value, Text string }) bool { return o.Value == l.Filter["sort"] })
}
