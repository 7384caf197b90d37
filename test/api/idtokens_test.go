package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

// badTokens are ID tokens that the tenant's own key has signed, but for a few, and
// that no reader takes.
func badTokens(now time.Time) map[string]func(d *draft) {
	at := func(after time.Duration) string { return fmt.Sprint(now.Add(after).Unix()) }
	claim := func(name, value string) func(*draft) { return func(d *draft) { d.set(name, value) } }
	more := func(name, value string) func(*draft) { return func(d *draft) { d.add(name, value) } }
	head := func(name, value string) func(*draft) { return func(d *draft) { d.head(name, value) } }
	end := func(alter func(parts []string) []string) func(*draft) {
		return func(d *draft) {
			d.alter = func(token string) string { return strings.Join(alter(strings.Split(token, ".")), ".") }
		}
	}
	const logout = `{"http://schemas.openid.net/event/backchannel-logout":{}}`
	return map[string]func(d *draft){
		// The header.
		"alg none": func(d *draft) { d.head("alg", `"none"`) },
		"alg none, unsigned": func(d *draft) {
			d.head("alg", `"none"`)
			d.alter = func(t string) string { return t[:strings.LastIndex(t, ".")+1] }
		},
		"alg None":               head("alg", `"None"`),
		"alg as a list":          head("alg", `["RS256"]`),
		"no alg":                 head("alg", ""),
		"another RSA algorithm":  head("alg", `"RS512"`),
		"alg in small letters":   head("alg", `"rs256"`),
		"alg twice":              func(d *draft) { d.header = append(d.header, "alg", `"RS256"`) },
		"alg twice, none":        func(d *draft) { d.header = append([]string{"alg", `"none"`}, d.header...) },
		"ALG beside it":          head("ALG", `"none"`),
		"HS256, the public key":  func(d *draft) { withHMAC(d, false) },
		"HS256, the PEM":         func(d *draft) { withHMAC(d, true) },
		"no kid":                 head("kid", ""),
		"an empty kid":           head("kid", `""`),
		"an unknown kid":         head("kid", `"nobodys"`),
		"a kid that is a number": head("kid", "7"),
		"kid twice":              func(d *draft) { d.header = append(d.header, "kid", quoted(d.f.kid)) },
		"KID beside it":          head("Kid", `"nobodys"`),
		"typ at+jwt":             head("typ", `"at+jwt"`),
		"typ logout+jwt":         head("typ", `"logout+jwt"`),
		"typ secevent+jwt":       head("typ", `"secevent+jwt"`),
		"typ of nothing":         head("typ", `""`),
		"typ null":               head("typ", "null"),
		"typ as a list":          head("typ", `["JWT"]`),
		"typ twice":              func(d *draft) { d.header = append(d.header, "typ", `"JWT"`) },
		"Typ in its place":       func(d *draft) { d.head("typ", "").head("Typ", `"logout+jwt"`) },
		"crit":                   head("crit", `["exp"]`),
		"crit and b64":           func(d *draft) { d.head("crit", `["b64"]`).head("b64", "true") },
		"b64":                    head("b64", "true"),
		"jwk":                    head("jwk", `{"kty":"RSA","n":"AQAB","e":"AQAB"}`),
		"jku":                    head("jku", `"https://evil.example.com/keys"`),
		"x5c":                    head("x5c", `["AAAA"]`),
		"x5u":                    head("x5u", `"https://evil.example.com/cert"`),
		"Jku":                    head("Jku", `"https://evil.example.com/keys"`),
		"zip":                    head("zip", `"DEF"`),
		"cty":                    head("cty", `"JWT"`),
		"a header twice in":      head("x", `{"a":1,"a":2}`),

		// The form.
		"padding in the payload": end(func(p []string) []string { return []string{p[0], p[1] + "=", p[2]} }),
		"padding at the end":     end(func(p []string) []string { return []string{p[0], p[1], p[2] + "=="} }),
		"a line break":           end(func(p []string) []string { return []string{p[0], p[1][:8] + "\n" + p[1][8:], p[2]} }),
		"a line break before":    end(func(p []string) []string { return []string{"\n" + p[0], p[1], p[2]} }),
		"bits for nothing":       end(func(p []string) []string { return []string{p[0], p[1], p[2][:len(p[2])-1] + "_"} }),
		"another alphabet":       end(func(p []string) []string { return []string{p[0], p[1], "+/" + p[2][2:]} }),
		"four parts":             end(func(p []string) []string { return append(p, p[2]) }),
		"two parts":              end(func(p []string) []string { return p[:2] }),
		"another signature":      end(func(p []string) []string { return []string{p[0], p[1], strings.Repeat("A", len(p[2]))} }),
		"an altered payload": end(func(p []string) []string {
			return []string{p[0], base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"me"}`)), p[2]}
		}),

		// The payload as a whole.
		"a list":            func(d *draft) { d.raw = "[" + objectOf(d.payload) + "]" },
		"null":              func(d *draft) { d.raw = "null" },
		"two objects":       func(d *draft) { d.raw = objectOf(d.payload) + "{}" },
		"words behind":      func(d *draft) { d.raw = objectOf(d.payload) + " x" },
		"a comma too many":  func(d *draft) { d.raw = strings.TrimSuffix(objectOf(d.payload), "}") + ",}" },
		"half of it":        func(d *draft) { d.raw = strings.TrimSuffix(objectOf(d.payload), "}") },
		"a byte order mark": func(d *draft) { d.raw = "\xef\xbb\xbf" + objectOf(d.payload) },
		"not UTF-8":         func(d *draft) { d.raw = strings.TrimSuffix(objectOf(d.payload), "}") + ",\"name\":\"\xff\"}" },

		// Who.
		"another issuer":             claim("iss", `"https://other.example.com/"`),
		"no issuer":                  claim("iss", ""),
		"an issuer that is a list":   func(d *draft) { d.set("iss", "["+quoted(d.f.s.tenant.Tenant.Issuer())+"]") },
		"the issuer without a slash": func(d *draft) { d.set("iss", quoted(strings.TrimSuffix(d.f.s.tenant.Tenant.Issuer(), "/"))) },
		"iss twice":                  more("iss", `"https://other.example.com/"`),
		"ISS beside it":              more("ISS", `"https://other.example.com/"`),
		"no subject":                 claim("sub", ""),
		"an empty subject":           claim("sub", `""`),
		"a subject of null":          claim("sub", "null"),
		"a subject of a number":      claim("sub", "7"),
		"a subject of a list":        claim("sub", `["auth0|1"]`),
		"a subject that is a path":   claim("sub", `".."`),
		"a subject with a break":     claim("sub", `"auth0|1\n"`),
		"a subject with half a pair": claim("sub", `"auth0|\ud83d"`),
		"a subject of 10,000":        claim("sub", quoted("auth0|"+strings.Repeat("1", 10000))),
		"sub twice":                  more("sub", `"auth0|other"`),
		"sub twice, escaped":         more(`\u0073ub`, `"auth0|other"`),
		"SUB beside it":              more("SUB", `"auth0|other"`),
		"Sub in its place":           func(d *draft) { d.set("sub", "").add("Sub", `"auth0|other"`) },
		"ſub beside it":              more("ſub", `"auth0|other"`),

		// For whom.
		"another audience":         claim("aud", `"other"`),
		"no audience":              claim("aud", ""),
		"an empty audience":        claim("aud", `""`),
		"an audience of null":      claim("aud", "null"),
		"an audience of a number":  claim("aud", "7"),
		"an audience of none":      claim("aud", "[]"),
		"an audience of an object": claim("aud", `{"`+localtenant.ClientID+`":true}`),
		"an audience of odd ones": func(d *draft) {
			d.set("aud", `["`+localtenant.ClientID+`",7]`).set("azp", quoted(localtenant.ClientID))
		},
		"an audience nested":         claim("aud", `[["`+localtenant.ClientID+`"]]`),
		"two audiences, no party":    claim("aud", `["`+localtenant.ClientID+`","other"]`),
		"two audiences, another's":   func(d *draft) { d.set("aud", `["`+localtenant.ClientID+`","other"]`).set("azp", `"other"`) },
		"aud twice":                  more("aud", `"other"`),
		"Aud beside it":              more("Aud", `"other"`),
		"another party":              claim("azp", `"other"`),
		"an empty party":             claim("azp", `""`),
		"a party of null":            claim("azp", "null"),
		"a party of a number":        claim("azp", "7"),
		"a party of a list":          claim("azp", `["`+localtenant.ClientID+`"]`),
		"azp twice":                  func(d *draft) { d.set("azp", quoted(localtenant.ClientID)).add("azp", quoted(localtenant.ClientID)) },
		"AZP in its place":           claim("AZP", quoted(localtenant.ClientID)),
		"a nonce of a number":        claim("nonce", "7"),
		"a nonce of null":            claim("nonce", "null"),
		"nonce twice":                func(d *draft) { d.add("nonce", quoted(d.f.nonce)) },
		"Nonce beside it":            more("Nonce", `"other"`),
		"a logout token":             claim("events", logout),
		"a logout token, no nonce":   func(d *draft) { d.set("nonce", "").set("events", logout) },
		"events of null":             claim("events", "null"),
		"events of nothing":          claim("events", "{}"),
		"Events":                     claim("Events", logout),
		"events twice":               func(d *draft) { d.add("events", "null").add("events", "null") },
		"amr twice":                  func(d *draft) { d.add("amr", `["pwd"]`).add("amr", `["mfa"]`) },
		"AMR":                        more("AMR", `["mfa"]`),
		"auth_time twice":            func(d *draft) { d.add("auth_time", at(0)).add("auth_time", at(0)) },
		"Auth_Time":                  more("Auth_Time", at(0)),
		"amr twice, both unreadable": func(d *draft) { d.add("amr", "7").add("amr", "8") },

		// When.
		"no iat":             claim("iat", ""),
		"iat of zero":        claim("iat", "0"),
		"iat of null":        claim("iat", "null"),
		"iat of text":        claim("iat", `"`+at(0)+`"`),
		"iat of a list":      claim("iat", "["+at(0)+"]"),
		"iat negative":       claim("iat", "-1"),
		"iat in 90 s":        claim("iat", at(90*time.Second)),
		"iat in 61 s":        claim("iat", at(61*time.Second)),
		"nbf in 61 s":        claim("nbf", at(61*time.Second)),
		"iat in an hour":     claim("iat", at(time.Hour)),
		"iat in 2100":        claim("iat", "4102444800"),
		"iat in year 10000":  claim("iat", "253402300800"),
		"iat of 1e300":       claim("iat", "1e300"),
		"iat of 1e999":       claim("iat", "1e999"),
		"iat in ms":          claim("iat", at(0)+"000"),
		"iat twice":          more("iat", at(0)),
		"IAT beside it":      more("IAT", at(0)),
		"no exp":             claim("exp", ""),
		"exp of now":         claim("exp", at(0)),
		"exp of before":      claim("exp", at(-time.Second)),
		"exp of text":        claim("exp", `"`+at(time.Hour)+`"`),
		"exp of null":        claim("exp", "null"),
		"exp of true":        claim("exp", "true"),
		"exp negative":       claim("exp", "-"+at(time.Hour)),
		"exp in year 10000":  claim("exp", "253402300800"),
		"exp of 1e300":       claim("exp", "1e300"),
		"exp twice":          more("exp", at(time.Hour)),
		"EXP beside it":      more("EXP", at(2*time.Hour)),
		"nbf in 90 s":        claim("nbf", at(90*time.Second)),
		"nbf in an hour":     claim("nbf", at(time.Hour)),
		"nbf of text":        claim("nbf", `"`+at(0)+`"`),
		"nbf of null":        claim("nbf", "null"),
		"nbf twice":          func(d *draft) { d.add("nbf", at(0)).add("nbf", at(0)) },
		"Nbf beside nothing": more("Nbf", at(0)),
	}
}

// withHMAC signs with what everybody knows, as if it were a shared secret.
func withHMAC(d *draft, asPEM bool) {
	key := x509.MarshalPKCS1PublicKey(&d.f.key.PublicKey)
	if asPEM {
		key = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&d.f.key.PublicKey))})
	}
	d.head("alg", `"HS256"`)
	d.alter = func(token string) string {
		signed := token[:strings.LastIndex(token, ".")]
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
}

// Four operations read ID tokens, and none takes what another one refuses.
func TestBadIDTokens(t *testing.T) {
	for _, w := range []way{deployed} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			now := time.Now().Truncate(time.Second) // which stands, so that exp can be this very second
			f := newForger(t, w, func(s *setup) { s.now = func() time.Time { return now } })
			octo := subjectOf(f.s.signedInAs(t, "?connection=github", "octo@example.com"))
			f.begin(t)
			mine := f.draft(ada).sign()
			for name, spoil := range badTokens(now) {
				t.Run(name, func(t *testing.T) {
					bad := func(subject string) string {
						d := f.draft(subject)
						spoil(d)
						return d.sign()
					}
					wantAnswer(t, f.callback(t, bad(ada)), 502, "id-token-invalid")
					wantAnswer(t, f.refresh(t, bad(ada)), 502, "id-token-invalid")
					wantNotIntrospected(t, f.s.as(t, "POST", "/introspect", `{"token":`+quoted(bad(ada))+`}`))
					wantNoProof(t, f.link(t, mine, bad(octo)), "link_id_token")
					wantNoProof(t, f.link(t, bad(ada), f.draft(octo).sign()), "id_token")
				})
			}
			if ids := accountsIn(t, f.s.as(t, "GET", "/identities/"+url.PathEscape(ada), "")); !slices.Equal(ids, []string{ada}) {
				t.Fatalf("linked: %v", ids)
			}
			// What they were made of passes, from a clock that is a bit ahead, too.
			ahead := fmt.Sprint(now.Unix() + 60)
			mine = f.draft(ada).set("iat", ahead).set("nbf", ahead).sign()
			wantAnswer(t, f.refresh(t, mine), 200, "")
			if got := f.s.introspect(t, mine).json(t); got["active"] != true || got["sub"] != ada {
				t.Errorf("%v", got)
			}
			wantAnswer(t, f.link(t, mine, f.draft(octo).set("iat", ahead).sign()), 201, "")
			wantAnswer(t, f.callback(t, mine), 200, "")
		})
	}
}

// An access token is read as strictly, though it may be another application's.
func TestBadAccessTokens(t *testing.T) {
	now := time.Now()
	tests := map[string]func(d *draft){
		"sub twice":             func(d *draft) { d.add("sub", `"auth0|other"`) },
		"SUB beside it":         func(d *draft) { d.add("SUB", `"auth0|other"`) },
		"aud twice":             func(d *draft) { d.add("aud", quoted(shopAPI)) },
		"no iat":                func(d *draft) { d.set("iat", "") },
		"iat of text":           func(d *draft) { d.set("iat", `"1700000000"`) },
		"iat in 90 s":           func(d *draft) { d.set("iat", fmt.Sprint(now.Unix()+90)) },
		"exp of text":           func(d *draft) { d.set("exp", `"4102444800"`) },
		"a party of a number":   func(d *draft) { d.set("azp", "7") },
		"a scope of a list":     func(d *draft) { d.set("scope", `["a"]`) },
		"scope twice":           func(d *draft) { d.set("scope", `"a"`).add("scope", `"a b"`) },
		"client_id twice":       func(d *draft) { d.set("client_id", `"a"`).add("client_id", `"a"`) },
		"crit":                  func(d *draft) { d.head("crit", `["exp"]`) },
		"its own key":           func(d *draft) { d.head("jwk", `{"kty":"RSA"}`) },
		"typ twice":             func(d *draft) { d.header = append(d.header, "typ", `"at+jwt"`) },
		"typ of a logout token": func(d *draft) { d.head("typ", `"logout+jwt"`) },
	}
	good := map[string]func(d *draft){
		"as it is":              func(*draft) {},
		"another application's": func(d *draft) { d.set("azp", `"other"`) },
		"of RFC 9068":           func(d *draft) { d.head("typ", `"at+jwt"`).set("client_id", `"other"`) },
		"without a type":        func(d *draft) { d.head("typ", "") },
		"valid since 1970":      func(d *draft) { d.set("nbf", "0") },
		"an odd address":        func(d *draft) { d.set("email", "7").add("name", "1").add("name", "2") },
	}
	f := newForger(t, deployed, withAPI, func(s *setup) { s.now = func() time.Time { return now } })
	active := func(t *testing.T, change func(d *draft)) bool {
		d := f.draft(ada).set("aud", quoted(shopAPI)).set("nonce", "").set("scope", `"orders:read"`)
		change(d)
		return f.s.introspect(t, d.sign()).json(t)["active"].(bool)
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			if active(t, change) {
				t.Error("it is active")
			}
		})
	}
	for name, change := range good {
		t.Run(name, func(t *testing.T) {
			if !active(t, change) {
				t.Error("it is not active")
			}
		})
	}
}

// wantNotIntrospected allows what is no JWT at all to be called so.
func wantNotIntrospected(t *testing.T, got answer) {
	t.Helper()
	if code := got.code(t); got.status == 200 && strings.TrimSpace(string(got.body)) != `{"active":false}` || got.status != 200 && code != "opaque-token" && code != "invalid-request" {
		t.Errorf("introspected: %d %s", got.status, got.body)
	}
}

func wantNoProof(t *testing.T, got answer, field string) {
	t.Helper()
	code := got.code(t)
	if code != "proof-refused" && code != "invalid-request" || !strings.Contains(string(got.body), `"field":"`+field+`"`) {
		t.Errorf("linked: %d %s", got.status, got.body)
	}
}

// What a token says of a person is left out where it cannot be read, and never keeps
// anybody out.
func TestOddProfileClaims(t *testing.T) {
	tests := map[string]struct {
		claims []string // names and raw values
		shown  string   // a member of the account
		want   any      // nil for none
	}{
		"an address of a number":      {[]string{"email", "7"}, "email", nil},
		"an address of a list":        {[]string{"email", `["ada@example.com"]`}, "email", nil},
		"an address of null":          {[]string{"email", "null"}, "email", nil},
		"an address twice":            {[]string{"email", `"ada@example.com"`, "email", `"eve@example.com"`}, "email", nil},
		"an address and an Address":   {[]string{"email", `"ada@example.com"`, "Email", `"eve@example.com"`}, "email", "ada@example.com"},
		"an EMAIL alone":              {[]string{"EMAIL", `"eve@example.com"`}, "email", nil},
		"an Email of a number":        {[]string{"email", `"ada@example.com"`, "Email", "7"}, "email", "ada@example.com"},
		"verified as text":            {[]string{"email_verified", `"true"`}, "email_verified", true},
		"verified as Text":            {[]string{"email_verified", `"True"`}, "email_verified", true},
		"not verified as text":        {[]string{"email_verified", `"False"`}, "email_verified", false},
		"verified as 1":               {[]string{"email_verified", "1"}, "email_verified", true},
		"not verified as 0":           {[]string{"email_verified", "0"}, "email_verified", false},
		"verified as 1e300":           {[]string{"email_verified", "1e300"}, "email_verified", false},
		"verified as 1e999":           {[]string{"email_verified", "1e999"}, "email_verified", false},
		"verified as yes":             {[]string{"email_verified", `"yes"`}, "email_verified", false},
		"verified as nothing":         {[]string{"email_verified", `""`}, "email_verified", false},
		"verified as a list":          {[]string{"email_verified", "[true]"}, "email_verified", false},
		"verified as an object":       {[]string{"email_verified", `{"value":true}`}, "email_verified", false},
		"verified as null":            {[]string{"email_verified", "null"}, "email_verified", nil},
		"verified twice":              {[]string{"email_verified", "false", "email_verified", "true"}, "email_verified", nil},
		"a Verified beside it":        {[]string{"email_verified", "false", "Email_Verified", "true"}, "email_verified", false},
		"a phone verified as text":    {[]string{"phone_number_verified", `"true"`}, "phone_verified", true},
		"a phone verified as a list":  {[]string{"phone_number_verified", "[]"}, "phone_verified", false},
		"a phone number as a number":  {[]string{"phone_number", "4930123"}, "phone_number", nil},
		"a name of true":              {[]string{"name", "true"}, "name", nil},
		"a name in an object":         {[]string{"name", `{"a":1,"a":2}`}, "name", nil},
		"a name with half a pair":     {[]string{"name", `"A\ud83d"`}, "name", "A\uFFFD"},
		"a name, deep":                {[]string{"name", strings.Repeat("[", 500) + strings.Repeat("]", 500)}, "name", nil},
		"a given name of 3.5":         {[]string{"given_name", "3.5"}, "given_name", nil},
		"a family name of a list":     {[]string{"family_name", "[]"}, "family_name", nil},
		"a nickname of false":         {[]string{"nickname", "false"}, "nickname", nil},
		"a picture of an object":      {[]string{"picture", `{"url":"x"}`}, "picture", nil},
		"a username of a number":      {[]string{"preferred_username", "7"}, "username", nil},
		"updated, RFC 3339":           {[]string{"updated_at", `"2026-01-02T04:04:05.678+01:00"`}, "updated_at", "2026-01-02T03:04:05.678Z"},
		"updated, seconds":            {[]string{"updated_at", "1767323045"}, "updated_at", "2026-01-02T03:04:05Z"},
		"updated, seconds as 1e9":     {[]string{"updated_at", "1.767323045e9"}, "updated_at", "2026-01-02T03:04:05Z"},
		"updated, milliseconds":       {[]string{"updated_at", "1767323045678"}, "updated_at", "2026-01-02T03:04:05.678Z"},
		"updated, no T":               {[]string{"updated_at", `"2014-11-05 20:00:00"`}, "updated_at", "2014-11-05T20:00:00Z"},
		"updated, an offset as 0000":  {[]string{"updated_at", `"2014-11-05T20:00:00.000+0000"`}, "updated_at", "2014-11-05T20:00:00Z"},
		"updated yesterday":           {[]string{"updated_at", `"yesterday"`}, "updated_at", nil},
		"updated, nothing":            {[]string{"updated_at", `""`}, "updated_at", nil},
		"updated, true":               {[]string{"updated_at", "true"}, "updated_at", nil},
		"updated, 1e300":              {[]string{"updated_at", "1e300"}, "updated_at", nil},
		"updated, -1e300":             {[]string{"updated_at", "-1e300"}, "updated_at", nil},
		"updated, 1e999":              {[]string{"updated_at", "1e999"}, "updated_at", nil},
		"updated in the year 0":       {[]string{"updated_at", `"0000-01-01T00:00:00Z"`}, "updated_at", nil},
		"updated in the year 10000":   {[]string{"updated_at", `"9999-12-31T23:59:59-01:00"`}, "updated_at", nil},
		"updated, an object":          {[]string{"updated_at", `{"$date":"2026-01-02T03:04:05Z"}`}, "updated_at", nil},
		"claims by others":            {[]string{"_claim_names", `{"a":""}`, "_claim_sources", "7"}, "name", nil},
		"a hash of a number":          {[]string{"at_hash", "7", "c_hash", "{}"}, "name", nil},
		"a scope of a number":         {[]string{"scope", "7", "client_id", "[]"}, "name", nil},
		"claims of the company's own": {[]string{"https://example.com/roles", `[{"a":1,"a":1}]`, "https://example.com/roles", "7", "", "null"}, "name", nil},
		"a session of a number":       {[]string{"sid", "7", "acr", "0", "jti", "[]"}, "name", nil},
	}
	f := newForger(t, deployed)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			octo := f.s.addUser(localtenant.User{Email: fmt.Sprintf("octo%d@example.com", f.s.serial.Add(1)), Connection: "github"})
			f.begin(t)
			odd := func(subject string) string {
				d := f.draft(subject)
				d.payload = append(d.payload, tt.claims...)
				return d.sign()
			}
			got := f.callback(t, odd(ada))
			wantAnswer(t, got, 200, "")
			if account := got.json(t)["account"].(map[string]any); account["id"] != ada || account[tt.shown] != tt.want {
				t.Errorf("the account is %v", account)
			}
			wantAnswer(t, f.refresh(t, odd(ada)), 200, "")
			if said := f.s.as(t, "POST", "/introspect", `{"token":`+quoted(odd(ada))+`}`).json(t); said["active"] != true || said["sub"] != ada {
				t.Errorf("introspected: %v", said)
			}
			wantAnswer(t, f.link(t, odd(ada), odd(octo)), 201, "")
		})
	}
}

// What the version before began, this one finishes: its nonces had no date.
func TestANonceWithoutADate(t *testing.T) {
	f := newForger(t, deployed)
	bare, _, _ := strings.Cut(f.nonce, ".")
	for name, nonce := range map[string]string{"half of it": bare[:20], "none": "", "its date": f.nonce[len(bare):], "more behind": bare + "x", "before": "x." + f.nonce} {
		t.Run(name, func(t *testing.T) {
			wantAnswer(t, f.callback(t, f.draft(ada).set("nonce", quoted(nonce)).sign()), 502, "id-token-invalid")
		})
	}
	wantAnswer(t, f.callback(t, f.draft(ada).set("nonce", quoted(bare)).sign()), 200, "")
}

// A second factor that cannot be read was not shown.
func TestOddAuthenticationClaims(t *testing.T) {
	begin := time.Now() // which stands, or the sign-ins would begin long after it
	now := begin.Unix()
	tests := map[string]struct {
		claims  []string
		methods string
		timed   bool
		proved  bool
	}{
		"a list":                   {[]string{"amr", `["pwd","mfa"]`, "auth_time", fmt.Sprint(now)}, "[pwd mfa]", true, true},
		"one text":                 {[]string{"amr", `"mfa"`, "auth_time", fmt.Sprint(now)}, "[mfa]", true, true},
		"a list with a number":     {[]string{"amr", `["mfa",7]`, "auth_time", fmt.Sprint(now)}, "[]", true, false},
		"an object":                {[]string{"amr", `{"mfa":true}`, "auth_time", fmt.Sprint(now)}, "[]", true, false},
		"nested":                   {[]string{"amr", `[["mfa"]]`, "auth_time", fmt.Sprint(now)}, "[]", true, false},
		"true":                     {[]string{"amr", "true", "auth_time", fmt.Sprint(now)}, "[]", true, false},
		"null":                     {[]string{"amr", "null", "auth_time", fmt.Sprint(now)}, "[]", true, false},
		"another case":             {[]string{"amr", `["MFA"]`, "auth_time", fmt.Sprint(now)}, "[MFA]", true, false},
		"a time of text":           {[]string{"amr", `["mfa"]`, "auth_time", fmt.Sprintf("%q", fmt.Sprint(now))}, "[mfa]", false, false},
		"a time of null":           {[]string{"amr", `["mfa"]`, "auth_time", "null"}, "[mfa]", false, false},
		"a time of zero":           {[]string{"amr", `["mfa"]`, "auth_time", "0"}, "[mfa]", false, false},
		"a negative time":          {[]string{"amr", `["mfa"]`, "auth_time", "-7"}, "[mfa]", false, false},
		"a time of 1e300":          {[]string{"amr", `["mfa"]`, "auth_time", "1e300"}, "[mfa]", false, false},
		"a time in milliseconds":   {[]string{"amr", `["mfa"]`, "auth_time", fmt.Sprint(now) + "000"}, "[mfa]", false, false},
		"a time of the year 2100":  {[]string{"amr", `["mfa"]`, "auth_time", "4102444800"}, "[mfa]", false, false},
		"a time of an hour before": {[]string{"amr", `["mfa"]`, "auth_time", fmt.Sprint(now - 3600)}, "[mfa]", true, false},
		"a time with a fraction":   {[]string{"amr", `["mfa"]`, "auth_time", fmt.Sprint(now) + ".5"}, "[mfa]", true, true},
	}
	f := newForger(t, deployed, func(s *setup) { s.now = func() time.Time { return begin } })
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for query, proves := range map[string]bool{"": true, "?mfa=required": tt.proved} {
				f.beginWith(t, query)
				d := f.draft(ada)
				d.payload = append(d.payload, tt.claims...)
				got := f.callback(t, d.sign())
				if !proves {
					wantAnswer(t, got, 403, "mfa-not-proved")
					continue
				}
				wantAnswer(t, got, 200, "")
				said := got.json(t)["authentication"].(map[string]any)
				if fmt.Sprint(said["methods"]) != tt.methods || (said["time"] != nil) != tt.timed || said["mfa"] != strings.Contains(tt.methods, "mfa") {
					t.Errorf("the authentication is %v", said)
				}
			}
		})
	}
}
