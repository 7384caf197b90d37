package users_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
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
	server := api.Server{Authenticate: apitest.As(api.Principal{Caller: w.caller})}
	server.Handler(users.Create(dir, k, users.CreateOptions{Connection: "default"})).ServeHTTP(out, r)
	return out
}

// recordOf returns the record of the user that the request creates with a key.
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

// The ID depends on caller, connection and key; the fingerprint depends on the body.
func TestRecords(t *testing.T) {
	with := func(change func(*keyed)) keyed {
		w := plain
		change(&w)
		return w
	}
	body := func(text string) keyed { return with(func(w *keyed) { w.body = text }) }
	caller := func(c httpapi.Caller) keyed { return with(func(w *keyed) { w.caller = c }) }
	tests := map[string]struct {
		other            keyed
		sameID, sameBody bool
	}{
		"the same":                     {plain, true, true},
		"another session":              {caller(role("i-2")), true, true},
		"another role":                 {caller(httpapi.Caller{Account: "1", ID: "arn:aws:sts::1:assumed-role/shop2/i-1"}), false, true},
		"another account":              {caller(httpapi.Caller{Account: "2", ID: "arn:aws:sts::2:assumed-role/shop/i-1"}), false, true},
		"an IAM user":                  {caller(httpapi.Caller{Account: "1", ID: "arn:aws:iam::1:user/shop/i-1"}), false, true},
		"another IAM user":             {caller(httpapi.Caller{Account: "1", ID: "arn:aws:iam::1:user/shop/i-2"}), false, true},
		"a client":                     {caller(httpapi.Caller{ID: "shop"}), false, true},
		"no caller":                    {caller(httpapi.Caller{}), false, true},
		"another key":                  {with(func(w *keyed) { w.key = "k2" }), false, true},
		"another connection":           {body(`{"connection":"staff","email":"a@b.example","metadata":{"a":1,"b":2}}`), false, false},
		"another member order":         {body(` { "metadata" : {"b":2, "a":1}, "password":"x", "email":"\u0061@b.example"}`), true, true},
		"another password":             {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"password":"y"}`), true, true},
		"no password":                  {body(`{"email":"a@b.example","metadata":{"a":1,"b":2}}`), true, true},
		"another notation of numbers":  {body(`{"email":"a@b.example","metadata":{"a":1.0,"b":0.2e1}}`), true, true},
		"neutral values":               {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"app_metadata":{},"verify_email":false,"verifies_email":false,"ttl":4.32e5}`), true, true},
		"a mail":                       {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"verify_email":true}`), true, false},
		"another address":              {body(`{"email":"b@b.example","metadata":{"a":1,"b":2}}`), true, false},
		"other metadata":               {body(`{"email":"a@b.example","metadata":{"a":1,"b":3}}`), true, false},
		"an additional name":           {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"name":"A"}`), true, false},
		"an invitation":                {body(`{"email":"a@b.example","metadata":{"a":1,"b":2},"invite":"email"}`), true, false},
		"a key that contains a caller": {with(func(w *keyed) { w.key, w.caller = "shop/i-1k1", httpapi.Caller{} }), false, true},
	}
	first := plain.recordOf(t, "one")
	if len(first.ID) != 40 || len(first.Fingerprint) != 43 || strings.Contains(first.ID+first.Fingerprint, "k1") {
		t.Errorf("record %+v", first)
	}
	seen := map[string]string{}
	for name, tt := range tests {
		got := tt.other.recordOf(t, "one")
		if (got.ID == first.ID) != tt.sameID || (got.Fingerprint == first.Fingerprint) != tt.sameBody {
			t.Errorf("%s: %+v, first %+v", name, got, first)
		}
		if before, again := seen[got.ID]; again && !tt.sameID {
			t.Errorf("%s and %s have the same ID", name, before)
		}
		seen[got.ID] = name
	}
	if got := plain.recordOf(t, "two"); got.ID == first.ID || got.Fingerprint == first.Fingerprint {
		t.Errorf("the record is the same with another secret: %+v", got)
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
		calls   []string
	}{
		"the first time":                            {keys{held: []string{"one"}}, nil, nil, "Created", []string{"create"}},
		"a repetition":                              {keys{held: []string{"one"}}, createdAs(one), taken, "Created", []string{"create", "find " + one.ID}},
		"another request":                           {keys{held: []string{"one"}}, createdAs(other.recordOf(t, "one")), taken, "idempotency-key-reused | This Idempotency-Key was used for a different request. Nothing was changed.", []string{"create", "find " + one.ID}},
		"a record without a fingerprint":            {keys{held: []string{"one"}}, map[string]users.Creation{one.ID: {Record: users.IdempotencyRecord{ID: one.ID}}}, taken, "idempotency-key-reused | This Idempotency-Key was used for a different request. Nothing was changed.", []string{"create", "find " + one.ID}},
		"an address of another user":                {keys{held: []string{"one"}, fresh: []string{"one"}}, nil, taken, "user-exists | Taken.", []string{"create", "find " + one.ID}},
		"a weak password":                           {keys{held: []string{"one"}}, nil, problem.PasswordTooWeak.New("Weak."), "password-too-weak | Weak.", []string{"create"}},
		"the first time after a rotation":           {keys{held: []string{"two", "one"}}, nil, nil, "Created", []string{"find " + one.ID, "create"}},
		"a repetition after a rotation":             {keys{held: []string{"two", "one"}}, createdAs(one), nil, "Created", []string{"find " + one.ID}},
		"another request after a rotation":          {keys{held: []string{"two", "one"}}, createdAs(other.recordOf(t, "one")), nil, "idempotency-key-reused | This Idempotency-Key was used for a different request. Nothing was changed.", []string{"find " + one.ID}},
		"a repetition during an unnoticed rotation": {keys{held: []string{"one"}, fresh: []string{"two", "one"}}, createdAs(two), taken, "Created", []string{"create", "find " + one.ID, "find " + two.ID}},
		"taken, during an unnoticed rotation":       {keys{held: []string{"one"}, fresh: []string{"two", "one"}}, nil, taken, "user-exists | Taken.", []string{"create", "find " + one.ID, "find " + two.ID}},
		"no keys available":                         {keys{err: problem.ServiceUnavailable.New("Not now.")}, nil, nil, "service-unavailable | Not now.", nil},
		"an unrelated failure":                      {keys{held: []string{"one"}}, createdAs(one), problem.ProviderTimeout.New("Late."), "provider-timeout | Late.", []string{"create"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{user: users.User{ID: "u|new"}, created: tt.created, err: tt.err}
			w := plain.send(dir, tt.keys)
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.calls, dir.calls); diff != "" {
				t.Error(diff)
			}
			isFound := tt.created != nil && w.Code == http.StatusCreated
			if w.Code == http.StatusCreated && strings.Contains(w.Body.String(), `"u|made"`) != isFound {
				t.Errorf("got %s", w.Body)
			}
		})
	}
}

// A repetition completes a missing invitation. It does not mail a second one.
func TestCreateOnceInvited(t *testing.T) {
	tests := map[string]struct {
		by      string
		created users.Creation
		invited bool
	}{
		"an unsent mail":             {"email", users.Creation{}, true},
		"a sent mail":                {"email", users.Creation{InvitationMailed: true}, false},
		"a mail, user has signed in": {"email", users.Creation{User: users.User{LoginsCount: 1}}, false},
		"a link":                     {"link", users.Creation{}, true},
		"a link, user has signed in": {"link", users.Creation{User: users.User{LoginsCount: 1}}, false},
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
			if got := slices.ContainsFunc(dir.calls, func(call string) bool { return strings.HasPrefix(call, "invite") }); got != tt.invited {
				t.Errorf("provider calls: %v", dir.calls)
			}
		})
	}
}

func TestInvalidIdempotencyKeys(t *testing.T) {
	tests := map[string]struct {
		values []string
		body   string
		want   string
	}{
		"the maximum length":         {[]string{strings.Repeat("~", 255)}, `{"email":"a@b.example"}`, "Created"},
		"too long":                   {[]string{strings.Repeat("a", 256)}, `{"email":"a@b.example"}`, "400"},
		"empty":                      {[]string{""}, `{"email":"a@b.example"}`, "400"},
		"with a space":               {[]string{"a b"}, `{"email":"a@b.example"}`, "400"},
		"with a newline":             {[]string{"a\n"}, `{"email":"a@b.example"}`, "400"},
		"not ASCII":                  {[]string{"schlüssel"}, `{"email":"a@b.example"}`, "400"},
		"two":                        {[]string{"a", "a"}, `{"email":"a@b.example"}`, "400"},
		"without a password":         {[]string{"a"}, `{"email":"a@b.example","connection":"email"}`, "passwordless"},
		"without a password, by SMS": {[]string{"a"}, `{"phone_number":"+14155550123","connection":"sms"}`, "passwordless"},
	}
	texts := map[string]string{
		"400":          "invalid-request | Idempotency-Key: must be one value of 1 to 255 visible ASCII characters",
		"passwordless": "invalid-request | Idempotency-Key: requires a connection with passwords",
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", jsonType)
			r.Header["Idempotency-Key"] = tt.values
			w := httptest.NewRecorder()
			dir := &directory{}
			apitest.Unlimited.Handler(createIn(dir)).ServeHTTP(w, r)
			want := tt.want
			if text, ok := texts[want]; ok {
				want = text
			}
			if diff := cmp.Diff(want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if want != "Created" && len(dir.calls) > 0 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}
