package localtenant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// exactly reads an answer with its numbers as they stand there.
func (a *api) exactly(path string) any {
	a.t.Helper()
	req, err := http.NewRequest("GET", a.url+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		a.t.Fatal(resp.Status, err)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		a.t.Fatal(err)
	}
	return out
}

// read undoes a quirk as a tolerant reader does: the same text for all forms of a value.
func read(member string, value any) string {
	if list, ok := value.([]any); ok && len(list) == 1 {
		value = list[0]
	}
	text := strings.TrimSuffix(strings.ToLower(fmt.Sprint(value)), ".0")
	switch member {
	case "email_verified", "isSocial", "blocked", "confirmed":
		return map[string]string{"true": "yes", "1": "yes", "false": "no", "0": "no"}[text]
	case "created_at", "updated_at", "last_login", "date":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e11 {
			return time.UnixMilli(n).UTC().String()
		} else if err == nil {
			return time.Unix(n, 0).UTC().String()
		}
		for _, layout := range []string{"2006-01-02t15:04:05.000z", "2006-01-02t15:04:05.000-0700", time.DateTime} {
			if at, err := time.Parse(layout, text); err == nil {
				return at.UTC().String()
			}
		}
		return "unreadable: " + text
	}
	return text
}

// form is the look of a value, without what it says.
func form(value any) string {
	switch v := value.(type) {
	case []any:
		return "list"
	case json.Number:
		return "number of " + strconv.Itoa(len(v))
	case bool:
		return "bool"
	case string:
		switch {
		case strings.HasSuffix(v, "Z"):
			return "RFC 3339"
		case strings.Contains(v, "+0000"):
			return "offset"
		case strings.Count(v, ":") == 2:
			return "SQL"
		}
		return strings.TrimSpace("text " + strings.Trim(v, "0123456789."))
	}
	return fmt.Sprintf("%T", value)
}

// Each member comes in each of its forms, the same at each reading, and all of them say what the
// plain answer says.
func TestQuirks(t *testing.T) {
	s := tenanttest.Start(t, empty)
	a := newAPI(t, s)
	born := time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range 60 {
		u := localtenant.User{UserID: fmt.Sprintf("google-oauth2|1098765432109876%05d", i), Connection: "google-oauth2", Email: fmt.Sprintf("u%d@example.com", i), EmailVerified: i%2 == 0,
			CreatedAt: born.Add(time.Duration(i) * time.Second), LastLogin: born.Add(time.Millisecond), LastIP: "203.0.113.7", LoginsCount: 3,
			UserMetadata: map[string]any{"n": json.Number("12345678901234567890.5"), "blocked": true, "created_at": "x"}}
		if _, err := s.Tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	list := func() map[string]any {
		return a.exactly("/api/v2/users?include_totals=true&per_page=100").(map[string]any)
	}
	plain := list()
	configure(t, s, func(c *localtenant.Settings) { c.Quirks = true })
	odd := list()
	if diff := cmp.Diff(odd, list()); diff != "" {
		t.Error("it answers otherwise the next time:", diff)
	}
	if total := fmt.Sprintf("%T %v", odd["total"], odd["total"]); total != "string 60" && total != "json.Number 60.0" && total != "json.Number 60" {
		t.Errorf("total is %s", total)
	}
	forms := map[string]map[string]bool{}
	see := func(member string, value any) {
		if forms[member] == nil {
			forms[member] = map[string]bool{}
		}
		forms[member][form(value)] = true
	}
	for i, one := range odd["users"].([]any) {
		user, was := one.(map[string]any), plain["users"].([]any)[i].(map[string]any)
		if diff := cmp.Diff(was["user_metadata"], user["user_metadata"]); diff != "" {
			t.Error("metadata:", diff)
		}
		for _, member := range []string{"email_verified", "created_at", "updated_at", "last_login", "logins_count", "last_ip"} {
			see(member, user[member])
			if got, want := read(member, user[member]), read(member, was[member]); got != want {
				t.Errorf("%s is %v, which says %s and not %s", member, user[member], got, want)
			}
		}
		identity := user["identities"].([]any)[0].(map[string]any)
		if "google-oauth2|"+fmt.Sprint(identity["user_id"]) != user["user_id"] || form(identity["user_id"]) != "number of 21" {
			t.Errorf("%v is %v", user["user_id"], identity)
		}
		if got := a.exactly("/api/v2/users/" + escape(user["user_id"].(string))); cmp.Diff(got, any(user)) != "" {
			t.Error("alone it is another:", cmp.Diff(any(user), got))
		}
	}
	want := map[string]map[string]bool{
		"email_verified": {"text true": true, "text True": true, "text false": true, "text False": true, "number of 1": true, "bool": true},
		"created_at":     {"RFC 3339": true, "offset": true, "SQL": true, "number of 10": true, "number of 13": true},
		"updated_at":     {"RFC 3339": true, "offset": true, "SQL": true, "number of 10": true, "number of 13": true},
		"last_login":     {"RFC 3339": true, "offset": true, "number of 13": true}, // a millisecond is not lost
		"logins_count":   {"text": true, "number of 1": true, "number of 3": true},
		"last_ip":        {"list": true, "text": true},
	}
	if diff := cmp.Diff(want, forms); diff != "" {
		t.Error(diff)
	}
}

func TestQuirksOfOtherAnswers(t *testing.T) {
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Quirks = true })
	a := newAPI(t, s)
	a.odd = true
	const ada = "auth0|65e19a100000000000000001"
	user := "/api/v2/users/" + escape(ada)
	tokens := tokensOf(t, s, newBrowser(t, s), nil)
	if _, ok := tokens["expires_in"].(string); !ok {
		t.Errorf("expires_in is %v", tokens["expires_in"])
	}
	claims := claimsOf(t, tokens["id_token"])
	if _, ok := claims["birthdate"].(float64); !ok || claims["sub"] != ada || claims["nonce"] != "no" || claims["aud"] != localtenant.ClientID {
		t.Errorf("%v", claims)
	}
	log := a.list(user + "/logs")[0]
	if _, ok := log["scope"].([]any); !ok || log["log_id"] == "" {
		t.Errorf("%v", log)
	}
	a.obj("POST", user+"/authentication-methods", map[string]any{"type": "phone", "name": "x", "phone_number": "+15551234567"}, 201)
	for _, changed := range []map[string]any{a.obj("PATCH", user, map[string]any{"blocked": true}, 200), a.obj("GET", user, nil, 200)} {
		factors, _ := changed["multifactor"].([]any)
		if len(factors) != 1 || factors[0].(map[string]any)["type"] != "phone" || read("blocked", changed["blocked"]) != "yes" {
			t.Errorf("%v", changed)
		}
	}
	if status, _ := a.call("POST", user+"/identities", map[string]any{"provider": "github", "user_id": "1024025"}); status != 201 {
		t.Fatal(status)
	}
	linked := a.obj("GET", user, nil, 200)["identities"].([]any)[1].(map[string]any)
	if profile := linked["profileData"].(map[string]any); linked["user_id"] != 1024025.0 || profile["emails"] == nil || profile["verified"] != "yes" || profile["email"] != "linus@example.com" {
		t.Errorf("%v", linked)
	}
	if got := a.obj("PATCH", "/_tenant/settings", map[string]any{"quirks": false}, 200); got["quirks"] != false {
		t.Errorf("%v", got)
	}
	if got := a.obj("GET", user, nil, 200); got["multifactor"] != nil || got["blocked"] != true {
		t.Errorf("%v", got)
	}
}

// A running import keeps its own progress, in an odd form.
func TestQuirksOfJobs(t *testing.T) {
	s := tenanttest.Start(t, newClock().option, func(o *localtenant.Options) { o.Quirks = true })
	a := newAPI(t, s)
	a.odd = true
	configure(t, s, imports(func(i *localtenant.Imports) { i.PerUser = localtenant.Duration(time.Second) }))
	job := a.startImport(people("a", 4), nil)
	s.Tenant.Advance(time.Second)
	if got := a.obj("GET", job, nil, 200); got["percentage_done"] != "25" || read("time_left_seconds", got["time_left_seconds"]) != "3" {
		t.Errorf("%v", got)
	}
	s.Tenant.Advance(time.Minute)
	if got := a.obj("GET", job, nil, 200); got["percentage_done"] != "100" || got["summary"] == nil {
		t.Errorf("%v", got)
	}
}

// With quirks a 429 tells of its end in four ways in turn, unless a fault says how.
func TestQuirksOfLimits(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option, func(o *localtenant.Options) { o.Quirks, o.Plan = true, localtenant.PlanFree })
	a := newAPI(t, s)
	var seen []string
	for len(seen) < 4 {
		resp, err := http.DefaultClient.Do(mustRequest(t, a))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			seen = append(seen, "reset "+resp.Header.Get("X-RateLimit-Reset")+", after "+resp.Header.Get("Retry-After"))
		}
	}
	end := now.Now().Add(time.Second) // of half a second, in whole ones
	want := []string{
		fmt.Sprintf("reset %d, after 1", end.Add(-time.Hour).Unix()),
		fmt.Sprintf("reset %d, after ", end.UnixMilli()),
		"reset , after " + end.Format(http.TimeFormat),
		fmt.Sprintf("reset %d, after ", end.Unix()),
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
	s.Tenant.Fail(localtenant.Fault{Status: 429, Reset: end, Times: 1})
	resp, err := http.DefaultClient.Do(mustRequest(t, a))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Header.Get("X-RateLimit-Reset") != fmt.Sprint(end.Unix()) {
		t.Errorf("%v", resp.Header)
	}
}

func mustRequest(t *testing.T, a *api) *http.Request {
	t.Helper()
	r, err := http.NewRequest("GET", a.url+"/api/v2/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	return r
}
