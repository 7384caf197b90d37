package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/internal/contract"
)

// Every test of this package ends with a search of all that its service logged
// and answered, for every secret, token, password, code, link and address that
// went by. So a new operation needs no test of its own for it.

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

// told says in which members of an answer a credential of a kind may be, where
// the contract declares such a member. What is not listed may be in none.
var told = map[string][]string{
	"token":         {"access_token", "refresh_token", "id_token", "location"},
	"link":          {"url", "barcode_uri", "location"},
	"recovery code": {"recovery_code", "recovery_codes"},
	"factor":        {"secret", "totp_secret", "barcode_uri", "uri", "otpauth_uri"},
}

// faultsOfAnswer tells which credentials are in an answer without the contract's
// leave.
func faultsOfAnswer(op contract.Operation, status int, header http.Header, body []byte, known *canaries) (faults []string) {
	headers := header.Clone()
	if op.Declares(status, "location") {
		headers.Del("Location") // it is the member once more
	}
	text := fmt.Sprint(headers) + string(body)
	for canary, kind := range known.ofKinds("client secret", "management token", "password", "code", "token", "link", "recovery code", "factor") {
		if !strings.Contains(text, canary) && !strings.Contains(text, inJSON(canary)) {
			continue
		}
		rest := fmt.Sprint(headers) + stripped(body, func(member string) bool {
			return slices.Contains(told[kind], member) && op.Declares(status, member)
		})
		if strings.Contains(rest, canary) || strings.Contains(rest, inJSON(canary)) {
			faults = append(faults, "the answer holds a "+kind)
		}
	}
	return faults
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

func inJSON(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted[1 : len(quoted)-1])
}

// piece is how much of a long canary is too much of it.
const piece = 24

// faultsOfLog tells which canaries are in a log, whole, escaped, or in part.
func faultsOfLog(log string, known *canaries) (faults []string) {
	for canary, kind := range known.ofKinds() {
		forms := []string{canary, inJSON(canary), url.QueryEscape(canary), url.PathEscape(canary), base64.StdEncoding.EncodeToString([]byte(canary))}
		for at := 0; at+piece <= len(canary) && len(canary) >= 2*piece && kind != "address" && kind != "link"; at += piece {
			forms = append(forms, canary[at:at+piece])
		}
		if _, ticket, found := strings.Cut(canary, "ticket="); found {
			forms = append(forms, strings.TrimSuffix(ticket, "#"))
		}
		if i := slices.IndexFunc(forms, func(form string) bool { return strings.Contains(log, form) }); i >= 0 {
			faults = append(faults, fmt.Sprintf("the log holds a %s: %q", kind, forms[i]))
		}
	}
	return faults
}

// The search itself, with one leak at a time.
func TestTheSearchFindsWhatLeaks(t *testing.T) {
	const token, link = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw", "https://x.example/u/reset?ticket=VGlja2V0LW9uZQ#"
	known := &canaries{}
	known.readProvider(must(http.NewRequest("POST", "/oauth/token", nil)), //nolint:noctx // it is not sent
		[]byte("grant_type=client_credentials&client_secret=s3cr3t-of-ours&code=a-code-of-theirs"), []byte(`{"ticket":"`+link+`","recovery_code":"RECOVERY-CODE"}`))
	managing := must(http.NewRequest("GET", "/api/v2/users", nil)) //nolint:noctx // it is not sent
	managing.Header.Set("Authorization", "Bearer management-token-1")
	known.readProvider(managing, nil, nil)
	posted := must(http.NewRequest("POST", "/users?state=a-sealed-state", nil)) //nolint:noctx // it is not sent
	posted.AddCookie(&http.Cookie{Name: "a", Value: "a-sealed-cookie"})
	known.readClient(posted, []byte(`{"users":[{"email":"ada+\"x\"@example.com","password":"N3w-Passw0rd"}]}`), &http.Response{}, []byte(`{"tokens":{"access_token":"`+token+`"}}`))
	for name, leak := range map[string]string{
		"a secret": "x s3cr3t-of-ours", "a code": "a-code-of-theirs", "a link": link, "a ticket": "VGlja2V0LW9uZQ", "a recovery code": "RECOVERY-CODE",
		"a management token": "Bearer management-token-1", "a state": "a-sealed-state", "a cookie": "a-sealed-cookie", "a password": "N3w-Passw0rd",
		"an address": `ada+"x"@example.com`, "one in JSON": `"ada+\"x\"@example.com"`, "one in a query": "ada%2B%22x%22%40example.com",
		"one in base64": "YWRhKyJ4IkBleGFtcGxlLmNvbQ==", "a token": token, "most of a token": token[:60], "its end": token[30:],
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
		"a token where it belongs":       {"callback", `{"tokens":{"access_token":"` + token + `"}}`, "", 0},
		"a token elsewhere":              {"callback", `{"account":{"name":"` + token + `"}}`, "", 1},
		"a token of another operation":   {"getuser", `{"access_token":"` + token + `"}`, "", 1},
		"a token in a header":            {"callback", `{}`, token, 1},
		"a password, whatever its name":  {"callback", `{"access_token":"N3w-Passw0rd"}`, "", 1},
		"a secret":                       {"getuser", `{"name":"s3cr3t-of-ours"}`, "", 1},
		"a management token":             {"getuser", `{"name":"management-token-1"}`, "", 1},
		"a link of another operation":    {"getuser", `{"url":"` + link + `"}`, "", 1},
		"an address, which is no secret": {"getuser", `{"email":"ada+\"x\"@example.com"}`, "", 0},
	} {
		if got := faultsOfAnswer(ops[tt.op], 200, http.Header{"X-Other": {tt.header}}, []byte(tt.body), known); len(got) != tt.faults {
			t.Errorf("%s: %v", name, got)
		}
	}
}
