package api

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// kinds says what the members of bodies, forms and queries are that nobody may
// find in a log.
var kinds = map[string]string{
	"client_secret": "client secret",
	"password":      "password", "new_password": "password",
	"code": "code", "code_verifier": "code", "otp": "code",
	"access_token": "token", "refresh_token": "token", "id_token": "token", "token": "token", "id_token_hint": "token", "mfa_token": "token",
	"ticket": "link", "ticket_url": "link", "url": "link",
	"recovery_code": "recovery code",
	"totp_secret":   "factor", "secret": "factor", "barcode_uri": "factor", "otpauth_uri": "factor",
	"state": "state", "cursor": "state",
	"email": "address", "phone_number": "address", "login_hint": "address",
}

// private is the kind of what answers may hold, and no log: names and ids that a
// client has made up, and the cookies of others.
const private = "private value"

// shortest is the least that a canary has: of what is shorter, anything could be
// a part.
const shortest = 7

// canaries are the values that went by. They are taken from all that the service
// and its provider are sent and answer.
type canaries struct {
	mu    sync.Mutex
	known map[string]canary // by value
}

// canary is a kind of value, and the forms in which this one may stand in a text.
type canary struct {
	kind  string
	forms []string // the value itself first
}

func (c canary) isIn(text string) bool {
	return slices.ContainsFunc(c.forms, func(form string) bool { return strings.Contains(text, form) })
}

func formsOf(value string) []string {
	forms := []string{value}
	for _, form := range []string{inJSON(value), url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value))} {
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

func inJSON(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted[1 : len(quoted)-1])
}

func (c *canaries) add(kind, value string) {
	if kind == "" || len(value) < shortest || kind == "link" && !strings.Contains(value, "ticket=") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]canary{}
	}
	known, ok := c.known[value]
	if !ok {
		known.forms = formsOf(value)
	}
	if known.kind != "management token" { // it stays one, wherever else it is shown
		known.kind = kind
	}
	c.known[value] = known
}

// all lists the known ones.
func (c *canaries) all() []canary {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.known))
}

// read takes the canaries out of a body: JSON, or a form.
func (c *canaries) read(body []byte) {
	var value any
	if json.Unmarshal(body, &value) == nil {
		c.readJSON("", value)
		return
	}
	if form, err := url.ParseQuery(string(body)); err == nil {
		c.readForm(form)
	}
}

func (c *canaries) readJSON(name string, value any) {
	switch v := value.(type) {
	case string:
		if name != "code" { // a problem's, in JSON
			c.add(kinds[name], v)
		}
	case []any:
		for _, element := range v {
			c.readJSON(name, element)
		}
	case map[string]any:
		for member, element := range v {
			c.readJSON(member, element)
		}
	}
}

func (c *canaries) readForm(form url.Values) {
	for name, values := range form {
		for _, value := range values {
			c.add(kinds[name], value)
		}
	}
}

// readProvider is told of what goes on between the service and its provider.
func (c *canaries) readProvider(r *http.Request, sent, answered []byte) {
	c.readForm(r.URL.Query())
	c.read(sent)
	c.read(answered)
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && strings.HasPrefix(r.URL.Path, "/api/v2/") {
		c.add("management token", token)
	}
}

// readClient is told of what goes on between the service and a front-end.
func (c *canaries) readClient(r *http.Request, sent []byte, response *http.Response, answered []byte) {
	c.readForm(r.URL.Query())
	c.read(sent)
	c.read(answered)
	for _, cookie := range append(r.Cookies(), response.Cookies()...) {
		kind := private // the tenant's, on the same host
		if strings.Contains(cookie.Name, "usher-") {
			kind = "state"
		}
		c.add(kind, cookie.Value)
	}
}
