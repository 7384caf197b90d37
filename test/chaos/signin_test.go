//go:build chaos

package chaos

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/localtenant"
	"usher/test/testkit/traffic"
)

var mutants = flag.Int("mutants", 5_000, "number of altered states and cookies; `make chaos` has 1,000,000")

// Ten tabs of one browser begin a sign-in each. They come back at the same time, each with all cookies.
func TestTenTabs(t *testing.T) {
	const tabs = 10
	w := newWorld(t, tabs, sabotage{})
	var cookies []string
	targets := make([]string, tabs)
	for i := range tabs {
		begun, err := w.env[i].Answer(traffic.Request{Method: http.MethodGet, Target: fmt.Sprintf("/login?return_to=/tab/%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		in, err := w.admin.SignIn(begun, "ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		targets[i], cookies = in.Target, append(cookies, in.Cookie)
	}
	var all sync.WaitGroup
	for i, target := range targets {
		all.Go(func() {
			r := traffic.Request{Method: http.MethodGet, Target: target, Header: http.Header{"Cookie": {strings.Join(cookies, "; ")}}}
			got, err := w.env[(i+1)%tabs].Answer(r)
			var told struct {
				ReturnTo string `json:"return_to"`
			}
			if err != nil || json.Unmarshal([]byte(got.Body), &told) != nil || told.ReturnTo != fmt.Sprintf("/tab/%d", i) {
				t.Errorf("tab %d: %d %s, %v", i, got.Status, got.Body, err)
			}
			if cleared := (&http.Response{Header: got.Header}).Cookies(); len(cleared) != 1 || !strings.Contains(cookies[i], cleared[0].Name+"=") {
				t.Errorf("tab %d clears %v", i, cleared)
			}
		})
	}
	all.Wait()
}

// No altered state or cookie is accepted, also where base64 decodes to the same bytes.
func TestAlteredStatesAndCookies(t *testing.T) {
	w := newWorld(t, runtime.GOMAXPROCS(0), sabotage{})
	begun, err := w.env[0].Answer(traffic.Request{Method: http.MethodGet, Target: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	location, err := url.Parse(begun.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	state := location.Query().Get("state")
	cookie := (&http.Response{Header: begun.Header}).Cookies()[0]
	finish := func(e *environment, state, value string) traffic.Answer {
		got, err := e.Answer(traffic.Request{Method: http.MethodGet, Target: "/callback?code=x&state=" + url.QueryEscape(state), Header: http.Header{"Cookie": {cookie.Name + "=" + value}}})
		if err != nil {
			t.Error(err)
		}
		return got
	}
	if got := finish(w.env[0], state, cookie.Value); codeOf(got) != "code-refused" {
		t.Fatalf("the unaltered ones: %d %s", got.Status, got.Body)
	}
	w.provider.tenant.Fail(localtenant.Fault{Status: 418}) // would be a sign-in that goes on
	calls := w.provider.tenant.Stats().Requests

	var all sync.WaitGroup
	for i, e := range w.env {
		all.Go(func() {
			for n := i; n < *mutants; n += len(w.env) {
				random := rand.New(rand.NewPCG(*seed, uint64(n)))
				altered, want := alter(state, n/2, random), []string{"state-invalid", "state-missing", "invalid-request"}
				sentState, sentCookie := altered, cookie.Value
				if n%2 == 1 {
					altered, want = alter(cookie.Value, n/2, random), []string{"state-not-from-this-browser"}
					sentState, sentCookie = state, altered
				}
				got := finish(e, sentState, sentCookie)
				if got.Status != http.StatusBadRequest || !slices.Contains(want, codeOf(got)) {
					t.Errorf("%q: %d %s", altered, got.Status, got.Body)
				}
				e.log.take()
			}
		})
	}
	all.Wait()
	if after := w.provider.tenant.Stats().Requests; after != calls {
		t.Errorf("%d calls of the provider", after-calls)
	}
}

// alphabet has the characters that base64 and its decoders may treat in a special way. Those that the
// syntax of cookies removes around a value are not among them: quotes, spaces and semicolons.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.~%!*\r\n\t\x00é"

// alter returns another text than the original, in one of the ways by turns.
func alter(text string, way int, random *rand.Rand) string {
	at := random.IntN(len(text))
	letter := string([]rune(alphabet)[random.IntN(len([]rune(alphabet)))])
	altered := text
	switch way % 10 {
	case 0: // another character
		altered = text[:at] + letter + text[at+1:]
	case 1: // one more
		altered = text[:at] + letter + text[at:]
	case 2: // one less
		altered = text[:at] + text[at+1:]
	case 3: // the last character, whose unused bits are ignored by many decoders
		altered = text[:len(text)-1] + letter
	case 4: // padding
		altered = text + strings.Repeat("=", 1+random.IntN(3))
	case 5: // line breaks, which Go's decoder ignores
		altered = text[:at] + []string{"\n", "\r", "\r\n"}[random.IntN(3)] + text[at:]
	case 6: // the other alphabet
		altered = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	case 7: // a piece elsewhere
		altered = text[at:] + text[:at]
	case 8: // another bit
		box, _ := base64.RawURLEncoding.DecodeString(text)
		box[random.IntN(len(box))] ^= 1 << random.IntN(8)
		altered = base64.RawURLEncoding.EncodeToString(box)
	case 9: // shorter, or twice
		altered = []string{text[:at], text + text}[random.IntN(2)]
	}
	if altered == text {
		return text + "A"
	}
	return altered
}
