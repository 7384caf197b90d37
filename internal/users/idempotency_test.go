package users_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
	"usher/internal/users"
)

// keyed is one request with an Idempotency-Key.
type keyed struct {
	caller httpapi.Caller
	key    string
	body   string
}

func (w keyed) send(dir *directory, k keys) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(w.body))
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("Idempotency-Key", w.key)
	out := httptest.NewRecorder()
	as := func(*http.Request) (api.Principal, error) { return api.Principal{Caller: w.caller}, nil }
	api.Server{Authenticate: as}.Handler(users.Create(dir, k, users.CreateOptions{Connection: "default"})).ServeHTTP(out, r)
	return out
}

// recordOf is the record under which the request creates a user, with one key.
func (w keyed) recordOf(t *testing.T, key string) users.IdempotencyRecord {
	t.Helper()
	dir := &directory{}
	if got := w.send(dir, keys{held: []string{key}}); got.Code != http.StatusCreated {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	return dir.new.Record
}

func role(session string) httpapi.Caller {
	return httpapi.Caller{Account: "1", ID: "arn:aws:sts::1:assumed-role/shop/" + session}
}

var plain = keyed{role("i-1"), "k1", `{"email":"a@b.example","metadata":{"a":1,"b":2},"password":"x"}`}

// What makes another user of a request, and what makes another request.
func TestRecords(t *testing.T) {
	with := func(change func(*keyed)) keyed {
		w := plain
		change(&w)
		return w
	}
	body := func(text string) keyed { return with(func(w *keyed) { w.body = text }) }
	caller := func(c httpapi.Caller) keyed { return with(func(w *keyed) { w.caller = c }) }
	tests := map[string]struct {
		other             keyed
		sameID, sameEntry bool
	}{
		"the same":              {plain, true, true},
		"another session":       {caller(role("i-2")), true, true},
		"another role":          {caller(httpapi.Caller{Account: "1", ID: "arn:aws:sts::1:assumed-role/shop2/i-1"}), false, true},
		"another account":       {caller(httpapi.Caller{Account: "2", ID: "arn:aws:sts::2:assumed-role/shop/i-1"}), false, true},
		"a user":                {caller(httpapi.Caller{Account: "1", ID: "arn:aws:iam::1:user/shop/i-1"}), false, true},
		"another user":          {caller(httpapi.Caller{Account: "1", ID: "arn:aws:iam::1:user/shop/i-2"}), false, true},
		"a client":              {caller(httpapi.Caller{ID: "shop"}), false, true},
		"nobody":                {caller(httpapi.Caller{}), false, true},
		"another key":           {with(func(w *keyed) { w.key = "k2" }), false, true},
		"another connection":    {body(`{"connection":"staff","email":"a@b.example","metadata":{"a":1,"b":2}}`), false, false},
		"another order":         {body(` { "metadata" : {"b":2, "a":1}, "password":"x", "email":"\u0061@b.example"}`), true, true},
		"another password":      {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"password":"y"}`), true, true},
		"no password":           {body(`{"email":"a@b.example","metadata":{"a":1,"b":2}}`), true, true},
		"null for what is not":  {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"name":null}`), true, true},
		"another address":       {body(`{"email":"b@b.example","metadata":{"a":1,"b":2}}`), true, false},
		"other metadata":        {body(`{"email":"a@b.example","metadata":{"a":1,"b":3}}`), true, false},
		"a name more":           {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"name":"A"}`), true, false},
		"an invitation":         {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"invite":"email"}`), true, false},
		"what looks like a key": {with(func(w *keyed) { w.key, w.caller = "shop/i-1k1", httpapi.Caller{} }), false, true},
	}
	first := plain.recordOf(t, "one")
	if len(first.ID) != 40 || len(first.Fingerprint) != 43 || strings.Contains(first.ID+first.Fingerprint, "k1") {
		t.Errorf("record %+v", first)
	}
	seen := map[string]string{}
	for name, tt := range tests {
		got := tt.other.recordOf(t, "one")
		if (got.ID == first.ID) != tt.sameID || (got.Fingerprint == first.Fingerprint) != tt.sameEntry {
			t.Errorf("%s: %+v, and at first %+v", name, got, first)
		}
		if before, again := seen[got.ID]; again && !tt.sameID {
			t.Errorf("%s and %s have the same id", name, before)
		}
		seen[got.ID] = name
	}
	if got := plain.recordOf(t, "two"); got.ID == first.ID || got.Fingerprint == first.Fingerprint {
		t.Errorf("under another secret the record is the same: %+v", got)
	}
}

func TestCreateOnce(t *testing.T) {
	one, two := plain.recordOf(t, "one"), plain.recordOf(t, "two")
	other := plain
	other.body = `{"email":"other@b.example"}`
	taken := problem.UserExists.New("Taken.")
	createdAs := func(records ...users.IdempotencyRecord) map[string]users.Creation {
		created := map[string]users.Creation{}
		for _, record := range records {
			created[record.ID] = users.Creation{User: users.User{ID: "u|made"}, Record: record}
		}
		return created
	}
	tests := map[string]struct {
		keys    keys
		created map[string]users.Creation
		err     error // of creating
		want    string
		asked   []string
	}{
		"the first time":                          {keys{held: []string{"one"}}, nil, nil, "Created", []string{"create"}},
		"a repeat":                                {keys{held: []string{"one"}}, createdAs(one), taken, "Created", []string{"create", "find " + one.ID}},
		"another request":                         {keys{held: []string{"one"}}, createdAs(other.recordOf(t, "one")), taken, "idempotency-key-reused | This Idempotency-Key was sent with another request before. Nothing was done.", []string{"create", "find " + one.ID}},
		"a record without a fingerprint":          {keys{held: []string{"one"}}, map[string]users.Creation{one.ID: {Record: users.IdempotencyRecord{ID: one.ID}}}, taken, "idempotency-key-reused | This Idempotency-Key was sent with another request before. Nothing was done.", []string{"create", "find " + one.ID}},
		"an address that another has":             {keys{held: []string{"one"}, fresh: []string{"one"}}, nil, taken, "user-exists | Taken.", []string{"create", "find " + one.ID}},
		"a weak password":                         {keys{held: []string{"one"}}, nil, problem.PasswordTooWeak.New("Weak."), "password-too-weak | Weak.", []string{"create"}},
		"the first time after a rotation":         {keys{held: []string{"two", "one"}}, nil, nil, "Created", []string{"find " + one.ID, "create"}},
		"a repeat after a rotation":               {keys{held: []string{"two", "one"}}, createdAs(one), nil, "Created", []string{"find " + one.ID}},
		"another request after a rotation":        {keys{held: []string{"two", "one"}}, createdAs(other.recordOf(t, "one")), nil, "idempotency-key-reused | This Idempotency-Key was sent with another request before. Nothing was done.", []string{"find " + one.ID}},
		"a repeat that does not know of one":      {keys{held: []string{"one"}, fresh: []string{"two", "one"}}, createdAs(two), taken, "Created", []string{"create", "find " + one.ID, "find " + two.ID}},
		"taken, and a rotation nobody knows of":   {keys{held: []string{"one"}, fresh: []string{"two", "one"}}, nil, taken, "user-exists | Taken.", []string{"create", "find " + one.ID, "find " + two.ID}},
		"no keys to be had":                       {keys{err: problem.ServiceUnavailable.New("Not now.")}, nil, nil, "service-unavailable | Not now.", nil},
		"a failure that tells nothing of the key": {keys{held: []string{"one"}}, createdAs(one), problem.ProviderTimeout.New("Late."), "provider-timeout | Late.", []string{"create"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{user: users.User{ID: "u|new"}, created: tt.created, err: tt.err}
			w := plain.send(dir, tt.keys)
			if diff := cmp.Diff(tt.want, answer(t, w)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, dir.asked); diff != "" {
				t.Error(diff)
			}
			isFound := tt.created != nil && w.Code == http.StatusCreated
			if w.Code == http.StatusCreated && strings.Contains(w.Body.String(), `"u|made"`) != isFound {
				t.Errorf("answered %s", w.Body)
			}
		})
	}
}

// A repeat completes an invitation, and does not go on for ever.
func TestCreateOnceInvited(t *testing.T) {
	tests := map[string]struct {
		by      string
		created users.Creation
		invited bool
	}{
		"a mail that did not go out": {"email", users.Creation{}, true},
		"a mail that went out":       {"email", users.Creation{InvitationMailed: true}, false},
		"a mail to one signed in":    {"email", users.Creation{User: users.User{LoginsCount: 1}}, false},
		"a link, again":              {"link", users.Creation{}, true},
		"a link for one signed in":   {"link", users.Creation{User: users.User{LoginsCount: 1}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := plain
			w.body = `{"email":"a@b.example","invite":"` + tt.by + `"}`
			record := w.recordOf(t, "one")
			tt.created.Record = record
			dir := &directory{created: map[string]users.Creation{record.ID: tt.created}, err: problem.UserExists.New("Taken.")}
			if got := w.send(dir, keys{held: []string{"one"}}); got.Code != http.StatusCreated {
				t.Fatalf("got %d %s", got.Code, got.Body)
			}
			if got := slices.ContainsFunc(dir.asked, func(call string) bool { return strings.HasPrefix(call, "invite") }); got != tt.invited {
				t.Errorf("asked %v", dir.asked)
			}
		})
	}
}

func TestIdempotencyKeysThatAreNone(t *testing.T) {
	tests := map[string]struct {
		values []string
		body   string
		want   string
	}{
		"the longest":         {[]string{strings.Repeat("~", 255)}, `{"email":"a@b.example"}`, "Created"},
		"too long":            {[]string{strings.Repeat("a", 256)}, `{"email":"a@b.example"}`, "400"},
		"empty":               {[]string{""}, `{"email":"a@b.example"}`, "400"},
		"with a space":        {[]string{"a b"}, `{"email":"a@b.example"}`, "400"},
		"with a newline":      {[]string{"a\n"}, `{"email":"a@b.example"}`, "400"},
		"beyond ASCII":        {[]string{"schlüssel"}, `{"email":"a@b.example"}`, "400"},
		"two":                 {[]string{"a", "a"}, `{"email":"a@b.example"}`, "400"},
		"without a password":  {[]string{"a"}, `{"email":"a@b.example","connection":"email"}`, "passwordless"},
		"by a text, likewise": {[]string{"a"}, `{"phone_number":"+14155550123","connection":"sms"}`, "passwordless"},
	}
	texts := map[string]string{
		"400":          "invalid-request | Idempotency-Key: must be one value of 1 to 255 visible ASCII characters",
		"passwordless": "invalid-request | Idempotency-Key: goes with connections that have passwords only",
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", jsonType)
			r.Header["Idempotency-Key"] = tt.values
			w := httptest.NewRecorder()
			dir := &directory{}
			serve(createIn(dir)).ServeHTTP(w, r)
			want := tt.want
			if text, ok := texts[want]; ok {
				want = text
			}
			if diff := cmp.Diff(want, answer(t, w)); diff != "" {
				t.Error(diff)
			}
			if want != "Created" && len(dir.asked) > 0 {
				t.Errorf("the provider was asked: %v", dir.asked)
			}
		})
	}
}
