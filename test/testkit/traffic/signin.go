package traffic

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"usher/localtenant"
)

// SignIn is one that a person has finished at the provider.
type SignIn struct {
	Target  string // of the callback
	Cookie  string
	Session string // at the provider
}

// signIn goes from /login to the callback. query is that of /login.
func (m *Maker) signIn(query, email string) (SignIn, error) {
	begun, err := m.Service.ask(Request{Method: http.MethodGet, Target: "/login" + query})
	if err != nil {
		return SignIn{}, err
	}
	return m.Admin.SignIn(begun, email)
}

// SignIn fills in the provider's pages, from the answer of /login on.
func (a *Admin) SignIn(begun Answer, email string) (SignIn, error) {
	var in SignIn
	var cookies []string
	for _, c := range (&http.Response{Header: begun.Header}).Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	in.Cookie = strings.Join(cookies, "; ")
	own := http.Header{}
	method, form := http.MethodGet, ""
	location, err := url.Parse(begun.Header.Get("Location"))
	for range 8 {
		if err != nil {
			return SignIn{}, err
		}
		if location.Path == "/callback" {
			in.Target = "/callback?" + location.RawQuery
			return in, nil
		}
		contentType := ""
		if form != "" {
			contentType = "application/x-www-form-urlencoded"
		}
		resp := a.serve(method, location.RequestURI(), contentType, form, own)
		for _, c := range (&http.Response{Header: resp.Header()}).Cookies() {
			own.Add("Cookie", c.Name+"="+c.Value)
			if c.Name == "auth0" {
				in.Session = c.Value
			}
		}
		if resp.Code == http.StatusOK { // a page: its address has the state
			form = url.Values{"state": {location.Query().Get("state")}, "username": {email}, "password": {localtenant.SamplePassword},
				"email": {email}, "answer": {"allow"}, "connection": {location.Query().Get("connection")}}.Encode()
			method = http.MethodPost
			continue
		}
		method, form = http.MethodGet, ""
		location, err = location.Parse(resp.Header().Get("Location"))
	}
	return SignIn{}, fmt.Errorf("the provider stays at %s", location.Path)
}

// account is the answer of /callback.
type account struct {
	Account struct{ ID string }
	Tokens  struct {
		IDToken      string `json:"id_token"`
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
	}
}

// signedIn is a whole sign-in.
func (m *Maker) signedIn(query, email string) (a account, session string, err error) {
	in, err := m.signIn(query, email)
	if err != nil {
		return a, "", err
	}
	got, err := m.Service.ask(in.callback())
	if err != nil {
		return a, "", err
	}
	return a, in.Session, json.Unmarshal([]byte(got.Body), &a)
}

func (in SignIn) callback() Request {
	return Request{Operation: "callback", Method: http.MethodGet, Target: in.Target, Header: http.Header{"Cookie": {in.Cookie}}}
}

func (a account) secrets() []string {
	return []string{a.Tokens.IDToken, a.Tokens.AccessToken, a.Tokens.RefreshToken}
}
