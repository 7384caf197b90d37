package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"index/suffixarray"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"usher/test/contract"
)

// Every test of this package ends with a search of all that its service logged
// and answered, for every secret, token, password, code, link and address that
// went by. So a new operation needs no separate test for it.

// watcher stands between the tests and the service.
type watcher struct {
	t        *testing.T
	next     http.RoundTripper
	canaries *canaries
}

// RoundTrip takes the canaries out of the exchange, and looks for those that
// must not be in the answer.
func (w *watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil && r.Body != http.NoBody {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	w.canaries.readClient(r, sent, response, body)
	op, _ := contract.Load(w.t).Find(r.Method, r.URL.EscapedPath())
	for _, fault := range faultsOfAnswer(op, response.StatusCode, response.Header, body, w.canaries) {
		w.t.Errorf("%s %s: %s", r.Method, op.Path, fault)
	}
	return response, err
}

// told says in which members of an answer a canary of a kind may be, where the
// contract declares such a member. What is not listed may be in none.
var told = map[string][]string{
	"address":       {"email", "phone_number", "name", "nickname", "username", "identifier", "id_token", "location"},
	"state":         {"next", "location"},
	"token":         {"access_token", "refresh_token", "id_token", "location"},
	"link":          {"url", "barcode_uri", "location"},
	"recovery code": {"recovery_code", "recovery_codes"},
	"factor":        {"secret", "totp_secret", "barcode_uri", "uri", "otpauth_uri"},
}

// toldInHeaders is told for headers: a link to the next page has the filters of
// this one.
var toldInHeaders = map[string][]string{
	"address": {"Link"},
	"state":   {"Link", "Set-Cookie"},
}

// faultsOfAnswer tells which canaries are in an answer without the contract's
// leave. A problem may name none.
func faultsOfAnswer(op contract.Operation, status int, header http.Header, body []byte, known *canaries) (faults []string) {
	text := fmt.Sprint(header) + string(body)
	rest := map[string]string{} // by kind: what may hold none of it
	for _, c := range known.all() {
		if c.kind == private || !c.isIn(text) {
			continue
		}
		if rest[c.kind] == "" {
			rest[c.kind] = withoutTold(c.kind, op, status, header, body)
		}
		if c.isIn(rest[c.kind]) {
			faults = append(faults, "the answer holds a "+c.kind)
		}
	}
	return faults
}

// withoutTold is an answer without the places where a kind may be.
func withoutTold(kind string, op contract.Operation, status int, header http.Header, body []byte) string {
	headers := header.Clone()
	if op.Declares(status, "location") {
		headers.Del("Location") // it is the member once more
	}
	for _, name := range toldInHeaders[kind] {
		headers.Del(name)
	}
	return fmt.Sprint(headers) + stripped(body, func(member string) bool {
		return slices.Contains(told[kind], member) && op.Declares(status, member)
	})
}

// stripped is a JSON body without those members.
func stripped(body []byte, allowed func(member string) bool) string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return string(body)
	}
	var strip func(any)
	strip = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				strip(element)
			}
		case map[string]any:
			for name, element := range v {
				if allowed(name) {
					delete(v, name)
				}
				strip(element)
			}
		}
	}
	strip(value)
	rest, _ := json.Marshal(value)
	return string(rest)
}

// piece is how much of a long canary is too much of it.
const piece = 24

// faultsOfLog tells which canaries are in a log, whole, escaped, or in part.
func faultsOfLog(log string, known *canaries) (faults []string) {
	index := suffixarray.New([]byte(log)) // what is asked for is every piece of hundreds of tokens
	holds := func(text string) bool { return index.Lookup([]byte(text), 1) != nil }
	for _, c := range known.all() {
		forms, value := slices.Clip(c.forms), c.forms[0]
		if len(value) >= 2*piece && c.kind != "address" && c.kind != "link" && mayHoldPiece(holds, value) {
			for at := 0; at+piece <= len(value); at++ {
				forms = append(forms, value[at:at+piece])
			}
		}
		if _, ticket, found := strings.Cut(value, "ticket="); found {
			forms = append(forms, strings.TrimSuffix(ticket, "#"))
		}
		if i := slices.IndexFunc(forms, holds); i >= 0 {
			faults = append(faults, fmt.Sprintf("the log holds a %s: %q", c.kind, forms[i]))
		}
	}
	return faults
}

// mayHoldPiece is false where no piece of a value is held. Every piece has one of these halves,
// which are few: one in twelve of the pieces.
func mayHoldPiece(holds func(string) bool, value string) bool {
	const half = piece / 2
	for at := 0; at+half <= len(value); at += half {
		if holds(value[at : at+half]) {
			return true
		}
	}
	return false
}

// The search itself, with one leak at a time.
func TestTheSearchFindsWhatLeaks(t *testing.T) {
	const token, link = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw", "https://x.example/u/reset?ticket=VGlja2V0LW9uZQ#"
	known := &canaries{}
	known.readProvider(must(http.NewRequest("POST", "/oauth/token", nil)),
		[]byte("grant_type=client_credentials&client_secret=s3cr3t-of-ours&code=a-code-of-theirs"), []byte(`{"ticket":"`+link+`","recovery_code":"RECOVERY-CODE"}`))
	managing := must(http.NewRequest("GET", "/api/v2/users", nil))
	managing.Header.Set("Authorization", "Bearer management-token-1")
	known.readProvider(managing, nil, nil)
	posted := must(http.NewRequest("POST", "/users?state=a-sealed-state", nil))
	posted.AddCookie(&http.Cookie{Name: "usher-a", Value: "a-sealed-cookie"})
	known.readClient(posted, []byte(`{"users":[{"email":"ada+\"x\"@example.com","password":"N3w-Passw0rd"}]}`), &http.Response{}, []byte(`{"tokens":{"access_token":"`+token+`"}}`))
	for name, leak := range map[string]string{
		"a secret": "x s3cr3t-of-ours", "a code": "a-code-of-theirs", "a link": link, "a ticket": "VGlja2V0LW9uZQ", "a recovery code": "RECOVERY-CODE",
		"a management token": "Bearer management-token-1", "a state": "a-sealed-state", "a cookie": "a-sealed-cookie", "a password": "N3w-Passw0rd",
		"an address": `ada+"x"@example.com`, "one in JSON": `"ada+\"x\"@example.com"`, "one in a query": "ada%2B%22x%22%40example.com",
		"one in base64": "YWRhKyJ4IkBleGFtcGxlLmNvbQ==", "a token": token, "most of a token": token[:60], "its end": token[len(token)-24:], "its middle": token[31:55],
	} {
		if len(faultsOfLog(`{"msg":"request","error":"`+leak+`"}`, known)) == 0 {
			t.Errorf("%s: not found in a log", name)
		}
	}
	if faults := faultsOfLog(`{"msg":"request","request_id":"r1","route":"GET /users"}`, known); faults != nil {
		t.Errorf("found in a good log: %v", faults)
	}
	ops := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		ops[op.ID] = op
	}
	for name, tt := range map[string]struct {
		op, body, header string
		faults           int
	}{
		"a state in a body":             {"callback", `{"account":{"name":"a-sealed-state"}}`, "", 1},
		"a state in a header":           {"listusers", `{}`, "a-sealed-state", 1},
		"a state for the next page":     {"listusers", `{"next":"a-sealed-state"}`, "", 0},
		"an address elsewhere":          {"getuser", `{"picture":"ada+\"x\"@example.com"}`, "", 1},
		"an address in a header":        {"getuser", `{}`, "ada%2B%22x%22%40example.com", 1},
		"an address in a detail":        {"getuser", `{"detail":"ada+\"x\"@example.com is taken"}`, "", 1},
		"a token where it belongs":      {"callback", `{"tokens":{"access_token":"` + token + `"}}`, "", 0},
		"a token elsewhere":             {"callback", `{"account":{"name":"` + token + `"}}`, "", 1},
		"a token of another operation":  {"getuser", `{"access_token":"` + token + `"}`, "", 1},
		"a token in a header":           {"callback", `{}`, token, 1},
		"a password, whatever its name": {"callback", `{"access_token":"N3w-Passw0rd"}`, "", 1},
		"a secret":                      {"getuser", `{"name":"s3cr3t-of-ours"}`, "", 1},
		"a management token":            {"getuser", `{"name":"management-token-1"}`, "", 1},
		"a link of another operation":   {"getuser", `{"url":"` + link + `"}`, "", 1},
		"an address of a user's":        {"getuser", `{"email":"ada+\"x\"@example.com"}`, "", 0},
	} {
		if got := faultsOfAnswer(ops[tt.op], 200, http.Header{"X-Other": {tt.header}}, []byte(tt.body), known); len(got) != tt.faults {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, header := range []string{"Link", "Set-Cookie"} {
		if got := faultsOfAnswer(ops["listusers"], 200, http.Header{header: {"a-sealed-state"}}, []byte(`{}`), known); got != nil {
			t.Errorf("a state in %s: %v", header, got)
		}
	}
	if got := faultsOfAnswer(ops["createuser"], 409, http.Header{}, []byte(`{"email":"ada+\"x\"@example.com"}`), known); len(got) != 1 {
		t.Errorf("an address in a problem: %v", got)
	}
}
