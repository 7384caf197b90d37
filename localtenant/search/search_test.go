package search_test

import (
	"errors"
	"strings"
	"testing"

	"usher/localtenant/search"
)

func ada() map[string]any {
	return map[string]any{
		"user_id": "auth0|1", "email": "Ada.L@example.com", "email_verified": true, "name": "Ada Lovelace", "nickname": "ada",
		"username": "Countess", "logins_count": 3.0, "created_at": "2024-03-01T09:30:15.250Z",
		"identities":    []any{map[string]any{"connection": "db-1", "isSocial": false}, map[string]any{"connection": "github", "isSocial": true}},
		"app_metadata":  map[string]any{"plan": "pro", "seats": 5.0, "a.b": "dotted", "none": nil, "tags": []any{"x", "y"}},
		"user_metadata": map[string]any{"city": "London"},
	}
}

func TestMatches(t *testing.T) {
	for q, want := range map[string]bool{
		"":                               true,
		"*":                              true,
		"*:*":                            true,
		`email:"ada.l@example.com"`:      true,
		`email:"ada.l@example"`:          false,
		`email:ada*`:                     true,
		`email:ADA.L@*`:                  true,
		`email:*@example.com`:            true,
		`email:*example*`:                true,
		`email:ada?l@example.com`:        true,
		`email:ada\*`:                    false,
		`email.domain:"example.com"`:     true,
		`name:"Ada Lovelace"`:            true,
		`name:"ada"`:                     false,
		`name:ada\ love*`:                true,
		`name:"ada*"`:                    false,
		`username:countess`:              false, // case matters outside the normalized fields
		`username:Countess`:              true,
		`ada`:                            true, // the nickname
		`London`:                         false,
		`logins_count:3`:                 true,
		`logins_count:[3 TO 4]`:          true,
		`logins_count:{3 TO *]`:          false,
		`logins_count:>=3`:               true,
		`logins_count:>3`:                false,
		`logins_count:<4`:                true,
		`logins_count:[-5 TO 3}`:         false,
		`email_verified:true`:            true,
		`email_verified:false`:           false,
		`NOT email_verified:false`:       true,
		`-nickname:bob`:                  true,
		`!nickname:ada`:                  false,
		`nickname:ada AND name:x`:        false,
		`nickname:ada OR name:x`:         true,
		`nickname:ada name:x`:            true,
		`nickname:ada && -name:x`:        true,
		`(nickname:x OR nickname:ada)`:   true,
		`nickname:(x OR ada)`:            true,
		`nickname:(x y)`:                 false,
		`nickname:x AND name:y OR ada`:   true, // AND binds closer
		`_exists_:logins_count`:          true,
		`_exists_:last_login`:            false,
		`_exists_:app_metadata.none`:     false,
		`_exists_:app_metadata`:          true,
		`NOT _exists_:last_login`:        true,
		`identities.connection:"github"`: true,
		`identities.connection:"nope"`:   false,
		`identities.isSocial:true`:       true,
		`app_metadata.plan:pro`:          true,
		`app_metadata.plan:Pro`:          false,
		`app_metadata.seats:5`:           true,
		`app_metadata.tags:y`:            true,
		`app_metadata.a.b:dotted`:        true,
		`app_metadata.plan:p*`:           true,
		`user_metadata.city:London`:      true,
		`user_metadata.city:L*`:          false, // not offered there
		`user_metadata.city:[A TO Z]`:    false,
		`created_at:[2024 TO 2024]`:      true,
		`created_at:[2024-03-01 TO *]`:   true,
		`created_at:[* TO 2024-02]`:      false,
		`created_at:[* TO 2024-03-01]`:   true,
		`created_at:[* TO 2024-03-01}`:   false,
		`created_at:{2024-03-01 TO *]`:   false,
		`created_at:"2024-03-01"`:        true,
		`created_at:2024-03-01`:          true,
		`created_at:[x TO *]`:            false,
		`name:[Ada TO Bob]`:              true,
		`name:["ada" TO "ada lovelace"]`: true,
		`name:["ada" TO "ada lovelace"}`: false,
		`username:[a TO z]`:              false,
		`name:\"quoted\"`:                false,
		`user_id:auth0\|1`:               true,
		`user_id:"auth0|1"`:              true,
		`nickname:a-d*`:                  false,
		`created_at:[2024-03-01T09:30:15.250Z TO 2024-03-01T09:30:15.250Z]`:            true,
		`created_at:{2024-03-01T09:30:15.250Z TO *]`:                                   false,
		`created_at:{2024-03-01T09:30:15.249Z TO 2024-03-01T09:30:15.251Z}`:            true,
		`created_at:[2024-03-01T10:30:15.250+01:00 TO 2024-03-01T10:30:15.250+01:00]`:  true,
		`created_at:["2024-03-01T09:30:15.250Z" TO "2024-03-01T09:30:15.251Z"}`:        true,
		`created_at:[2024-03-01T09:30 TO 2024-03-01T09:30]`:                            true,
		`created_at:[2024-03-01T09 TO 2024-03-01T09]`:                                  true,
		`created_at:[2024-03-01T09:30:16Z TO *]`:                                       false,
		`(email:ada* OR name:ada* OR nickname:ada*) AND identities.connection:"db-1"`:  true,
		`(email:bob* OR name:bob* OR nickname:bob*) AND identities.connection:"db-1"`:  false,
		`email_verified:true AND NOT blocked:true AND created_at:[2024-01-01 TO 2025]`: true,
	} {
		parsed, err := search.Parse(q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		if got := parsed.Matches(ada()); got != want {
			t.Errorf("%s: %v, want %v", q, got, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, q := range []string{
		`"open`, `email:`, `email:"x`, `(a`, `a)`, `AND`, `a AND`, `OR a`, `NOT`, `[a TO b]`, `a:[b TO c`, `a:[b c]`, `a:[TO c]`,
		`a:{b TO}`, `>5`, `a:*bc`, `a:?x`, `**`, `a:b:c`, `a\`, `"a\`, `/re/`, `a~1`, `a^2`, `_exists_:`, `_exists_:(a)`, `a:(b:c)`, `:x`, `()`,
		`]`, `a:>`, "\xff", strings.Repeat("(", 200) + "a" + strings.Repeat(")", 200), strings.Repeat("NOT ", 200) + "a",
	} {
		_, err := search.Parse(q)
		if _, ok := errors.AsType[*search.SyntaxError](err); !ok {
			t.Errorf("%q: %v, want a syntax error", q, err)
		}
	}
}

// FuzzParse: no input may panic or hang, and what parses must be able to match.
func FuzzParse(f *testing.F) {
	for _, q := range []string{
		`email:"a" AND (name:b* OR NOT c)`, `created_at:[2024-01-01T00:00:00Z TO *}`, `a:>=5`, `_exists_:x.y`, `\(\)\"`, `-a +b !c`, `a:*bcd?e*`,
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		parsed, err := search.Parse(q)
		if err == nil {
			parsed.Matches(ada())
		}
	})
}

// FuzzPhrase: whatever is in a value, quoted it matches that value and no other.
func FuzzPhrase(f *testing.F) {
	f.Add("a b", "c")
	f.Add(`"\`, `"`)
	f.Fuzz(func(t *testing.T, value, other string) {
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		parsed, err := search.Parse("username:" + quoted)
		if err != nil {
			if value == strings.ToValidUTF8(value, "") {
				t.Fatalf("%q: %v", quoted, err)
			}
			return
		}
		if !parsed.Matches(map[string]any{"username": value}) {
			t.Errorf("%q does not match its own value", quoted)
		}
		if other != value && parsed.Matches(map[string]any{"username": other}) {
			t.Errorf("%q matches %q", quoted, other)
		}
	})
}

// FuzzPrefix: an escaped prefix before a star matches exactly what begins with it.
func FuzzPrefix(f *testing.F) {
	f.Add("ada lo", "ada lovelace")
	f.Add(`a*?"\:`, `a*?"\:b`)
	f.Fuzz(func(t *testing.T, prefix, value string) {
		if prefix == "" || prefix != strings.ToValidUTF8(prefix, "") || value != strings.ToValidUTF8(value, "") {
			return
		}
		var b strings.Builder
		for _, r := range prefix {
			b.WriteRune('\\')
			b.WriteRune(r)
		}
		parsed, err := search.Parse("username:" + b.String() + "*")
		if err != nil {
			t.Fatalf("%q: %v", prefix, err)
		}
		if got, want := parsed.Matches(map[string]any{"username": value}), strings.HasPrefix(value, prefix); got != want {
			t.Errorf("%q matches %q: %v, want %v", prefix, value, got, want)
		}
	})
}
