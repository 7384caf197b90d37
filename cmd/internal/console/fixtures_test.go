package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"usher/localtenant"
)

// list reads a list at the tenant.
func (w *world) list(path string) []map[string]any {
	w.Helper()
	_, out := w.manage("GET", path, nil)
	var items []map[string]any
	for _, value := range out {
		all, ok := value.([]any)
		if !ok {
			continue
		}
		for _, item := range all {
			if one, ok := item.(map[string]any); ok {
				items = append(items, one)
			}
		}
	}
	return items
}

func (w *world) factors(id string) []map[string]any {
	w.Helper()
	return w.list("/api/v2/users/" + url.PathEscape(id) + "/authentication-methods")
}

func (w *world) sessions(id string) []map[string]any {
	w.Helper()
	return w.list("/api/v2/users/" + url.PathEscape(id) + "/sessions")
}

func (w *world) roles(id string) []string   { return w.membersOf(id, "name") }
func (w *world) roleIDs(id string) []string { return w.membersOf(id, "id") }

// membersOf returns a member of each of a user's roles.
func (w *world) membersOf(id, member string) []string {
	w.Helper()
	var all []string
	for _, role := range w.list("/api/v2/users/" + url.PathEscape(id) + "/roles") {
		text, _ := role[member].(string)
		all = append(all, text)
	}
	return all
}

// etag returns the ETag that the service gives for a path.
func (w *world) etag(path string) string {
	w.Helper()
	b := w.newBrowser()
	return b.send(b.request("GET", w.service+path, nil)).header.Get("ETag")
}

func (w *world) loginBlocks(id string) int {
	w.Helper()
	_, out := w.manage("GET", "/api/v2/user-blocks/"+url.PathEscape(id), nil)
	blocks, _ := out["blocked_for"].([]any)
	return len(blocks)
}

// addFactors gives a user an authenticator app and a phone.
func (w *world) addFactors(id string) {
	w.Helper()
	for _, factor := range []map[string]any{
		{"type": "totp", "name": "App", "totp_secret": "JBSWY3DPEHPK3PXP"},
		{"type": "phone", "name": "Phone", "phone_number": "+14155550123", "preferred_authentication_method": "sms"},
	} {
		if status, out := w.manage("POST", "/api/v2/users/"+url.PathEscape(id)+"/authentication-methods", factor); status != 201 {
			w.Fatalf("factor: %d %v", status, out)
		}
	}
}

// connectionOf returns the connection in which a sample user signs in.
func connectionOf(email string) string {
	if email == customerEmail {
		return localtenant.Connection
	}
	return localtenant.StaffConnection
}

// tenantSignIn sends the tenant's form for a sign-in, and does not go on to the console.
func (w *world) tenantSignIn(email, password string) {
	w.Helper()
	b := w.newBrowser()
	b.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	query := url.Values{"redirect_uri": {w.url + "/callback"}, "connection": {connectionOf(email)}}
	page := b.send(b.request("GET", w.service+"/login?"+query.Encode(), nil))
	state := stateField.FindStringSubmatch(page.body)
	if state == nil {
		w.Fatal(page.body)
	}
	b.send(b.request("POST", w.tenant.URL+"/u/login", url.Values{"state": {state[1]}, "username": {email}, "password": {password}}))
}

// failSignIns makes the tenant block sign-ins after wrong passwords.
func (w *world) failSignIns(email string) {
	w.Helper()
	for range 10 {
		w.tenantSignIn(email, "Wrong-Horse-7")
	}
}

// mails counts the mails of a kind to an address.
func (w *world) mails(kind, to string) int {
	count := 0
	for _, mail := range w.tenant.Tenant.Outbox() {
		if mail.Kind == kind && mail.To == to {
			count++
		}
	}
	return count
}

// key returns the key in the form of an action on a page.
func (p page) key(action string) string {
	form := regexp.MustCompile(`(?s)action="` + regexp.QuoteMeta(action) + `".*?</form>`).FindString(p.body)
	if found := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(form); found != nil {
		return found[1]
	}
	return ""
}

// offers reports whether a page has the form of an action.
func (p page) offers(action string) bool { return strings.Contains(p.body, `action="`+action+`"`) }

// quoted is a text in JSON.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(out)
}
