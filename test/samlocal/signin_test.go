//go:build samlocal

package samlocal

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
)

// browser is a client that keeps cookies, and goes to the tenant as to usher.
func browser(t *testing.T) (ofService, ofTenant *http.Client) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ofService = warm.client(t)
	ofService.Jar = jar
	return ofService, &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), warm.url) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// signIn goes from /login through the tenant's page, and returns the address
// that the tenant sends the browser back to.
func signIn(t *testing.T, ofService, ofTenant *http.Client, loginQuery string) string {
	t.Helper()
	begun := send(t, ofService, http.MethodGet, warm.url+"/login"+loginQuery, "").want(t, 302)
	if got := begun.object(t)["location"]; got != begun.header.Get("Location") {
		t.Errorf("location %v is not Location %s", got, begun.header.Get("Location"))
	}
	page := send(t, ofTenant, http.MethodGet, begun.header.Get("Location"), "").want(t, 200)
	state := stateField.FindSubmatch(page.body)
	if state == nil {
		t.Fatalf("no login form: %v", page)
	}
	form := url.Values{"state": {string(state[1])}, "username": {"ada@example.com"}, "password": {localtenant.SamplePassword}}
	back := send(t, ofTenant, http.MethodPost, warm.tenant+"/u/login", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	location := back.header.Get("Location")
	if !strings.HasPrefix(location, warm.url+"/callback?") {
		t.Fatalf("not sent back: %v", back)
	}
	return location
}

func TestSignIn(t *testing.T) {
	inTurn(t)
	ofService, ofTenant := browser(t)
	callback := signIn(t, ofService, ofTenant, "?return_to=/orders%3Fpage%3D2")
	done := send(t, ofService, http.MethodGet, callback, "").want(t, 200)

	object := done.object(t)
	account, _ := object["account"].(map[string]any)
	tokens, _ := object["tokens"].(map[string]any)
	if account["email"] != "ada@example.com" || object["return_to"] != "/orders?page=2" {
		t.Errorf("got %v", object)
	}
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		token, _ := tokens[name].(string)
		if token == "" {
			t.Errorf("no %s", name)
		} else if strings.Contains(warm.out.String(), token) {
			t.Errorf("the %s is in the log", name)
		}
	}
	if cookie := done.header.Get("Set-Cookie"); !strings.Contains(cookie, "Max-Age=0") {
		t.Errorf("the cookie is not cleared: %q", cookie)
	}
	send(t, ofService, http.MethodGet, callback, "").problem(t, 400, "state-not-from-this-browser")
}

func TestSignInOfAnotherBrowserIsRefused(t *testing.T) {
	inTurn(t)
	ofService, ofTenant := browser(t)
	callback := signIn(t, ofService, ofTenant, "")
	stranger, _ := browser(t)
	send(t, stranger, http.MethodGet, callback, "").problem(t, 400, "state-not-from-this-browser")
}

// TestTwoTabs: several cookies pass in one header, and each clears its own only.
func TestTwoTabs(t *testing.T) {
	inTurn(t)
	ofService, ofTenant := browser(t)
	one := send(t, ofService, http.MethodGet, warm.url+"/login", "").want(t, 302)
	two := signIn(t, ofService, ofTenant, "")
	send(t, ofService, http.MethodGet, two, "").want(t, 200)
	// The tenant knows the browser by now, and sends it straight back.
	back := send(t, ofTenant, http.MethodGet, one.header.Get("Location"), "")
	send(t, ofService, http.MethodGet, back.header.Get("Location"), "").want(t, 200)
}
