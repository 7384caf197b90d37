package auth0

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"usher/internal/users"
	"usher/localtenant/search"
)

func TestTerm(t *testing.T) {
	tests := map[string]struct {
		value           string
		exact, prefixed string
	}{
		"plain":       {"ada", `f:"ada"`, `f:ada*`},
		"a space":     {"a b", `f:"a b"`, `f:a\ b*`},
		"a tab":       {"a\tb", "f:\"a\tb\"", "f:a\\\tb*"},
		"wide spaces": {"a\u3000b\u2003c\u00a0d\u2028", "f:\"a\u3000b\u2003c\u00a0d\u2028\"", "f:a\\\u3000b\\\u2003c\\\u00a0d\\\u2028*"},
		"a quote":     {`a"b`, `f:"a\"b"`, `f:a\"b*`},
		"a backslash": {`a\`, `f:"a\\"`, `f:a\\*`},
		"a wildcard":  {"a*?", `f:"a*?"`, `f:a\*\?*`},
		"an address":  {"a+b@c.de", `f:"a+b@c.de"`, `f:a\+b@c.de*`},
		"all syntax":  {`+-=&|><!(){}[]^~:/`, `f:"+-=&|><!(){}[]^~:/"`, `f:\+\-\=\&\|\>\<\!\(\)\{\}\[\]\^\~\:\/*`},
		"a keyword":   {"OR", `f:"OR"`, `f:OR*`},
		"a clause":    {`x" OR f:*`, `f:"x\" OR f:*"`, `f:x\"\ OR\ f\:\**`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := term("f", tt.value, exactly); got != tt.exact {
				t.Errorf("exactly: %s, want %s", got, tt.exact)
			}
			if got := term("f", tt.value, beginning); got != tt.prefixed {
				t.Errorf("beginning: %s, want %s", got, tt.prefixed)
			}
		})
	}
}

// The local tenant's parser has the provider's syntax. With any value, the query is one
// clause about one field.
func FuzzTerm(f *testing.F) {
	for _, value := range []string{"ada", `a"b`, `\`, `a\`, "*", "a b", "a\tb", "a\u2003OR\u2003b", "a\u0085b", "OR", "NOT x", "x) OR (y", `x" OR other:"z`, "[a TO b]", "{* TO *}", "a:b", "_exists_:x", "/re/", "a~2", "a^3", "&&", "||", "+a", "-a", "!a", "\x00", "\xff", "é", "ſ", "<5", ">=5", "true", "12", "2026-01-01"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" {
			return // not possible
		}
		value = strings.ToValidUTF8(value, "\ufffd") // a query is UTF-8
		for name, prefix := range map[string]bool{"exactly": exactly, "beginning": beginning} {
			q := term("username", value, prefix)
			if !utf8.ValidString(q) {
				t.Fatalf("%s: %q is not UTF-8", name, q)
			}
			// Between two false clauses the term must not break out of its place.
			parsed, err := search.Parse(`username:"never" AND (` + q + ` OR nickname:"never") AND email:"never"`)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, q, err)
			}
			for _, doc := range []map[string]any{{"username": value}, {"username": "never"}, {"email": "never"}, {"nickname": "never"}, {}} {
				if parsed.Matches(doc) {
					t.Fatalf("%s: %s breaks out of its place: %v", name, q, doc)
				}
			}
			alone, err := search.Parse(q)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, q, err)
			}
			_, last := utf8.DecodeLastRuneInString(value)
			for _, username := range []string{value, value + "tail", "head" + value, value[:len(value)-last], "", "anything"} {
				want := username == value || prefix && strings.HasPrefix(username, value)
				if got := alone.Matches(map[string]any{"username": username}); got != want {
					t.Errorf("%s: %s matches %q: %v", name, q, username, got)
				}
			}
			elsewhere := map[string]any{"email": value, "nickname": value, "name": value, "user_id": value, "blocked": true}
			if alone.Matches(elsewhere) {
				t.Errorf("%s: %s matches another field", name, q)
			}
		}
	})
}

func yes(b bool) *bool { return &b }

func TestClauses(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	tests := map[string]struct {
		filter users.Filter
		want   []string
	}{
		"none":           {users.Filter{}, nil},
		"search":         {users.Filter{Search: "Ada L"}, []string{`(email:ada\ l* OR name:Ada\ L* OR nickname:Ada\ L*)`}},
		"email":          {users.Filter{Email: "L\u0130\\\"* OR *@Example.com"}, []string{"email:\"l\u0130\\\\\\\"* or *@example.com\""}},
		"connection":     {users.Filter{Connection: `my "db"`}, []string{`identities.connection:"my \"db\""`}},
		"connections":    {users.Filter{Connections: []string{"db", "github"}}, []string{`(identities.connection:"db" OR identities.connection:"github")`}},
		"verified":       {users.Filter{EmailVerified: yes(true)}, []string{"email_verified:true"}},
		"unverified":     {users.Filter{EmailVerified: yes(false)}, []string{"NOT email_verified:true"}},
		"blocked":        {users.Filter{Blocked: yes(true)}, []string{"blocked:true"}},
		"not blocked":    {users.Filter{Blocked: yes(false)}, []string{"NOT blocked:true"}},
		"created after":  {users.Filter{CreatedAfter: at("2026-01-02T03:04:05+01:00")}, []string{`created_at:{"2026-01-02T02:04:05.000Z" TO *]`}},
		"created before": {users.Filter{CreatedBefore: at("2026-01-02T03:04:05Z")}, []string{`created_at:[* TO "2026-01-02T03:04:05.000Z"}`}},
		"created between": {users.Filter{CreatedAfter: at("2026-01-02T03:04:05Z"), CreatedBefore: at("2026-01-03T03:04:05Z")},
			[]string{`created_at:{"2026-01-02T03:04:05.000Z" TO "2026-01-03T03:04:05.000Z"}`}},
		"less than a millisecond": {users.Filter{CreatedAfter: at("2026-01-02T03:04:05.0009Z"), CreatedBefore: at("2026-01-02T03:04:06.0001Z")},
			[]string{`created_at:{"2026-01-02T03:04:05.000Z" TO "2026-01-02T03:04:06.001Z"}`}},
		"last login": {users.Filter{LastLoginAfter: at("2026-01-02T03:04:05Z"), LastLoginUntil: at("2026-01-03T03:04:05Z")},
			[]string{`last_login:{"2026-01-02T03:04:05.000Z" TO "2026-01-03T03:04:05.000Z"}`}},
		"several": {users.Filter{Connection: "db", Blocked: yes(true), LastLoginAfter: at("2026-01-02T03:04:05Z")},
			[]string{`identities.connection:"db"`, "blocked:true", `last_login:{"2026-01-02T03:04:05.000Z" TO *]`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := clauses(tt.filter)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if _, err := search.Parse(strings.Join(got, " AND ")); err != nil {
				t.Errorf("it does not parse: %v", err)
			}
		})
	}
}

func TestStepsOf(t *testing.T) {
	yes, no := true, false
	block, unblock, revoke := users.Patch{Blocked: &yes}, users.Patch{Blocked: &no}, users.Patch{RevokeSessions: true}
	blockAndRevoke := users.Patch{Blocked: &yes, RevokeSessions: true}
	tests := map[string]struct {
		patch   users.Patch
		members []string
		want    [][]string
	}{
		"no special members": {users.Patch{}, []string{"name", "picture"}, [][]string{{"name", "picture"}}},
		"only a password":    {users.Patch{}, []string{"password"}, [][]string{{"password"}}},
		"password first":     {users.Patch{}, []string{"email", "password"}, [][]string{{"password"}, {"email"}}},
		"the email group":    {users.Patch{}, []string{"email", "email_verified", "verify_email"}, [][]string{{"email", "email_verified", "verify_email"}}},
		"rest goes last":     {users.Patch{}, []string{"name", "password", "username"}, [][]string{{"password"}, {"name", "username"}}},
		"all groups": {users.Patch{}, []string{"email", "phone_number", "username", "password", "nickname", "given_name"},
			[][]string{{"password"}, {"username"}, {"phone_number"}, {"email", "given_name", "nickname"}}},
		"sessions last":           {revoke, []string{"password", "name"}, [][]string{{"name", "password"}, {"revoke_sessions"}}},
		"only sessions":           {revoke, nil, [][]string{{"revoke_sessions"}}},
		"a block in one call":     {block, []string{"blocked", "metadata", "name"}, [][]string{{"blocked", "metadata", "name"}, {"sessions"}}},
		"a block before all":      {block, []string{"blocked", "email", "password"}, [][]string{{"blocked"}, {"sessions"}, {"password"}, {"email"}}},
		"sessions end once":       {blockAndRevoke, []string{"blocked", "password"}, [][]string{{"blocked"}, {"sessions"}, {"password"}}},
		"the end of a block last": {unblock, []string{"blocked", "password", "app_metadata"}, [][]string{{"app_metadata", "blocked", "password"}}},
		"an unblock after others": {unblock, []string{"blocked", "password", "email"}, [][]string{{"password"}, {"blocked", "email"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.patch.Members = map[string]bool{}
			for _, member := range tt.members {
				tt.patch.Members[member] = true
			}
			got := stepsOf(tt.patch)
			for _, step := range got {
				slices.Sort(step)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStepsDoNotChangeTheTable(t *testing.T) {
	want := slices.Clone(separateGroups[3])
	stepsOf(users.Patch{Members: map[string]bool{"email": true, "name": true, "password": true}})
	if diff := cmp.Diff(want, separateGroups[3]); diff != "" {
		t.Error(diff)
	}
}

func TestRules(t *testing.T) {
	three := "must have three of: a lower-case letter, an upper-case letter, a digit, another character"
	tests := map[string]struct {
		options map[string]any
		want    []string
	}{
		"none":      {map[string]any{"passwordPolicy": "none"}, []string{"must have at least 1 characters"}},
		"absent":    {nil, []string{"must have at least 1 characters"}},
		"low":       {map[string]any{"passwordPolicy": "low"}, []string{"must have at least 6 characters"}},
		"fair":      {map[string]any{"passwordPolicy": "fair"}, []string{"must have at least 8 characters", "must have a lower-case letter, an upper-case letter and a digit"}},
		"good":      {map[string]any{"passwordPolicy": "good"}, []string{"must have at least 8 characters", three}},
		"excellent": {map[string]any{"passwordPolicy": "excellent"}, []string{"must have at least 10 characters", three, "must not have a character more than twice in a row"}},
		"a length":  {map[string]any{"passwordPolicy": "low", "password_complexity_options": map[string]any{"min_length": 14}}, []string{"must have at least 14 characters"}},
		"all options": {map[string]any{
			"passwordPolicy":            "low",
			"password_history":          map[string]any{"enable": true, "size": 5},
			"password_no_personal_info": map[string]any{"enable": true},
			"password_dictionary":       map[string]any{"enable": true},
		}, []string{"must have at least 6 characters", "must not be one of the last 5", "must not contain the user's name or address", "must not be a common password"}},
		"switched off": {map[string]any{
			"passwordPolicy":   "low",
			"password_history": map[string]any{"enable": false, "size": 5},
		}, []string{"must have at least 6 characters"}},
		"unreadable": {map[string]any{"passwordPolicy": 7, "password_history": "x", "password_complexity_options": []any{1}}, []string{"must have at least 1 characters"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			options, err := json.Marshal(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			r := &reading{odd: func(string) {}}
			if diff := cmp.Diff(tt.want, r.policy(gjson.ParseBytes(options)).rules()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
