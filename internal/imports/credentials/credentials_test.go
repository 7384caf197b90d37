package credentials_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/imports/credentials"
	"usher/internal/problem"
	"usher/internal/strictjson"
	"usher/internal/valid"
	"usher/localtenant/importfile"
)

// faultsOf returns the faults of a member of a record, by the rules here.
func faultsOf(t testing.TB, member, text string) []string {
	t.Helper()
	var value any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var faults valid.Faults
	switch v := value.(type) {
	case string:
		faults.Check(member, &v, credentials.PasswordHash)
	case map[string]any:
		credentials.CheckCustomHash(&faults, v)
	case []any:
		credentials.CheckFactors(&faults, v)
	}
	err := faults.Err()
	if err == nil {
		return nil
	}
	var all []string
	for _, field := range problem.From(err).Fields {
		all = append(all, field.Field)
	}
	return all
}

// tenantTakes reports whether the local tenant takes a member.
func tenantTakes(t testing.TB, member, text string) bool {
	t.Helper()
	records, err := importfile.Parse([]byte(`[{"email":"a@example.com","` + member + `":` + text + `}]`))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return len(records[0].Problems) == 0
}

const (
	hashed  = "custom_password_hash"
	digest  = `"hash":{"value":"d24e794fce503c3ddb1cd1ba1dd5d9b250cf9917336a0316fefd87fecf79200f","encoding":"hex"}`
	bcrypt  = `"hash":{"value":"$2b$12$C9hB01.YxRSTcn/ZOOo4j.TW7xCKKFKBSF.C7E0xiUwumqIDqWUXG"}`
	derived = `"hash":{"value":"097f6197e1b41538f723e32aa7a68e8d76227d8e432ce5faa4882a913032db29","encoding":"hex"}`
)

func phc(algorithm, value string) string {
	return `{"algorithm":"` + algorithm + `","hash":{"value":"` + value + `"}}`
}

// good are members that are valid. Many are the provider's examples.
var good = map[string][]string{
	"password_hash": {`"$2b$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"`, `"$2a$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"`},
	hashed: {
		`{"algorithm":"md4","hash":{"value":"AbuUujgF0pPPkJPSFRTpmA==","encoding":"base64"}}`,
		`{"algorithm":"md5","hash":{"value":"cgN7PYaasetg5ST-YGAoMw","encoding":"base64"},"salt":{"value":"cGVwcGVy","encoding":"base64","position":"suffix"}}`,
		`{"algorithm":"sha1","hash":{"value":"CADFAF06A4A396F61E0FC8B9B6023B36BA26ECFB","encoding":"hex"},"password":{"encoding":"latin1"}}`,
		`{"algorithm":"sha256",` + digest + `,"salt":{"value":"abc123","position":"prefix"}}`,
		`{"algorithm":"sha512","hash":{"value":"etHqybcs//KhlOfFLAVCZjvrFUlhpvd7jiulbNrxixPxZxur/gR7Z+MjUybdMvzurt+0RP4U8l/RvIr9az+p8g==","encoding":"base64"}}`,
		`{"algorithm":"bcrypt",` + bcrypt + `}`,
		`{"algorithm":"bcrypt",` + bcrypt + `,"salt":{"value":"706570","encoding":"hex"},"password":{}}`,
		phc("bcrypt", "$2y$04$WdrsIzF1AtM0KB2mwgABxOvAwswpAybcOYy9W33XItFcU3x9G0vtK"),
		phc("argon2", "$argon2id$v=19$m=65536,t=2,p=1$J6Q/82PCyaNpYKRELJyTZg$m04qUAB8rexWDR4+/0f+SFB+4XMFxt7YAvAq2UycYos"),
		phc("argon2", "$argon2i$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$7bP1x8jVcyrR6bJgIr6wuH/qPudNOJeY6fY/XBG1OBM"),
		phc("pbkdf2", "$pbkdf2-md4$i=100000,l=64$+N375B8q0Fw$fp2R9KAM4hK/votGHC5Fu+jhqbxUD8+Nic/EMSGvNC3UP/k7wSHI0uXluHRSkZfl/BOheYqNOemayG90ZaSSQw"),
		phc("pbkdf2", "$pbkdf2-sha512$KNyFsA2rWoE$I2CQGI9H0JxdDf3kERRI97kPCGxh0KWBIV3MxyaS191gDGfzVBGyS4BibhgqWQ0/ails8mHuU9ckASxHOOq58w"),
		phc("pbkdf2", "$pbkdf2-sha512$l=64$+/8gc2FsdCAx$PdgtkPQOGlLQhSiIbCRzWJqpZCZ9wNCc7MrWZuk1hwA59RcBS2YtR4BXkEJKfMXGUxseBuLmVEEeKVkVFZyi9A"),
		phc("pbkdf2", "$pbkdf2-RSA-MD5$i=1000,l=16$+/8gc2FsdCAx$BTDl5lflLabev0F9dD9Uow"),
		phc("ldap", "{SSHA384}/cgEjdoZh85DhurDeOQEMO1rMlAur93SVPbYe5XSD4lF7nNuvrBju5hUeg9A6agRemgSXGl5YuE="),
		phc("ldap", "{MD5}NrCa+rKdi85cpqi7TeFdkw=="), phc("ldap", "{smd5}arJMETO4SfAjOe0x5n4XP7RWivE="), phc("ldap", "{SHA}75enqxsBDZ4jhyg7B+iSr08Jpys="),
		phc("ldap", "{SSHA}75enqxsBDZ4jhyg7B+iSr08Jpys="), // with an empty salt
		`{"algorithm":"hmac","hash":{"value":"cg7f42jH39/2EaAU4wNd4s2lKIk=","encoding":"base64","digest":"sha1","key":{"value":"736868","encoding":"hex"}}}`,
		`{"algorithm":"hmac","hash":{"value":"375fbf43f0474625801e811d63720aaa","encoding":"hex","digest":"md4","key":{"value":"shh"}},"salt":{"value":"x"}}`,
		`{"algorithm":"scrypt",` + derived + `,"salt":{"value":"abc123","encoding":"utf8"},"keylen":32,"cost":4096}`,
		`{"algorithm":"scrypt",` + derived + `,"keylen":32.0,"cost":2,"blockSize":1,"parallelization":1e0}`,
	},
	"mfa_factors": {
		`[{"totp":{"secret":"JBTWY3DPEHPK3PNP"}},{"phone":{"value":"+12125550001"}},{"email":{"value":"a@example.org"}}]`,
		`[{"totp":{"secret":"2PRXZWZAYYDAWCD"}}]`,
	},
}

func TestGoodMembers(t *testing.T) {
	for member, all := range good {
		for _, text := range all {
			if faults := faultsOf(t, member, text); faults != nil || !tenantTakes(t, member, text) {
				t.Errorf("%s: %s", text, faults)
			}
		}
	}
}

// bad are members that are not valid, with the faulty fields. "lenient" marks those that the provider takes,
// although they match no password or have no effect.
var bad = map[string]struct {
	member, text string
	want         []string
	lenient      bool
}{
	"another cost":          {"password_hash", `"$2b$12$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"`, []string{"password_hash"}, false},
	"another prefix":        {"password_hash", `"$2y$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"`, []string{"password_hash"}, false},
	"a password":            {"password_hash", `"secret"`, []string{"password_hash"}, false},
	"nothing":               {hashed, `{}`, []string{"algorithm", "hash"}, false},
	"an algorithm":          {hashed, `{"algorithm":"md6",` + digest + `}`, []string{"algorithm"}, false},
	"an unknown member":     {hashed, `{"algorithm":"sha256",` + digest + `,"pepper":1}`, []string{"pepper"}, false},
	"a hash that is text":   {hashed, `{"algorithm":"sha256","hash":"x"}`, []string{"hash"}, false},
	"no value":              {hashed, `{"algorithm":"sha256","hash":{"encoding":"hex"}}`, []string{"hash.value"}, false},
	"no encoding":           {hashed, `{"algorithm":"sha256","hash":{"value":"00"}}`, []string{"hash.encoding"}, false},
	"a text as a hash":      {hashed, `{"algorithm":"md5","hash":{"value":"x","encoding":"utf8"}}`, []string{"hash.encoding"}, false},
	"no hex":                {hashed, `{"algorithm":"md5","hash":{"value":"xx","encoding":"hex"}}`, []string{"hash.value"}, false},
	"the wrong length":      {hashed, `{"algorithm":"md5",` + digest + `}`, []string{"hash.value"}, true},
	"a salt's encoding":     {hashed, `{"algorithm":"sha256",` + digest + `,"salt":{"value":"!","encoding":"base64"}}`, []string{"salt.value"}, false},
	"a salt without value":  {hashed, `{"algorithm":"sha256",` + digest + `,"salt":{"position":"middle"}}`, []string{"salt.position", "salt.value"}, false},
	"an empty salt":         {hashed, `{"algorithm":"sha256",` + digest + `,"salt":{"value":""}}`, []string{"salt.value"}, true},
	"a password's encoding": {hashed, `{"algorithm":"sha256",` + digest + `,"password":{"encoding":"utf7"}}`, []string{"password.encoding"}, false},
	"parameters of scrypt":  {hashed, `{"algorithm":"sha256",` + digest + `,"cost":2}`, []string{"cost"}, true},
	"members of hmac":       {hashed, `{"algorithm":"sha256","hash":{"value":"d24e794fce503c3ddb1cd1ba1dd5d9b250cf9917336a0316fefd87fecf79200f","encoding":"hex","digest":"sha1"}}`, []string{"hash.digest"}, true},
	"argon2d":               {hashed, phc("argon2", "$argon2d$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$bzSyVDUOfgcu6fPMZalTsNse3TcUKWuODlu7XhHfT3I"), []string{"hash.value"}, false},
	"argon2 without passes": {hashed, phc("argon2", "$argon2i$v=19$m=256,t=0,p=2$c2FsdHlzYWx0c2FsdA$bzSyAAAA"), []string{"hash.value"}, false},
	"argon2 with a salt":    {hashed, `{"algorithm":"argon2","hash":{"value":"$argon2i$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$7bP1x8jVcyrR6bJgIr6wuH/qPudNOJeY6fY/XBG1OBM"},"salt":{"value":"x"}}`, []string{"salt"}, false},
	"argon2 in hex":         {hashed, `{"algorithm":"argon2","hash":{"value":"$argon2i$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$7bP1x8jVcyrR6bJgIr6wuH/qPudNOJeY6fY/XBG1OBM","encoding":"hex"}}`, []string{"hash.encoding"}, false},
	"a digest of pbkdf2":    {hashed, phc("pbkdf2", "$pbkdf2-sha3$i=1,l=3$c2FsdA$bzSy"), []string{"hash.value"}, false},
	"no iterations":         {hashed, phc("pbkdf2", "$pbkdf2-sha1$i=0,l=3$c2FsdA$bzSy"), []string{"hash.value"}, false},
	"another length":        {hashed, phc("pbkdf2", "$pbkdf2-sha1$i=1,l=4$c2FsdA$bzSy"), []string{"hash.value"}, true},
	"a prefix of bcrypt":    {hashed, phc("bcrypt", "$2x$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"), []string{"hash.value"}, false},
	"a cost of bcrypt":      {hashed, phc("bcrypt", "$2b$03$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"), []string{"hash.value"}, true},
	"crypt":                 {hashed, phc("ldap", "{CRYPT}$1$salt$digest"), []string{"hash.value"}, false},
	"a salt without SSHA":   {hashed, phc("ldap", "{SHA}5R91c2IdQIU9R+rSXTyknjbz010f4xyD"), []string{"hash.value"}, false},
	"no digest":             {hashed, `{"algorithm":"hmac",` + digest + `}`, []string{"hash.digest", "hash.key"}, false},
	"a digest of hmac":      {hashed, `{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"sha3","key":{"value":"x"}}}`, []string{"hash.digest"}, false},
	"no key":                {hashed, `{"algorithm":"hmac","hash":{"value":"375fbf43f0474625801e811d63720aaa","encoding":"hex","digest":"md5","key":{}}}`, []string{"hash.key.value"}, false},
	"no keylen":             {hashed, `{"algorithm":"scrypt",` + derived + `}`, []string{"keylen"}, false},
	"keylen 0":              {hashed, `{"algorithm":"scrypt",` + derived + `,"keylen":0}`, []string{"keylen"}, false},
	"another keylen":        {hashed, `{"algorithm":"scrypt",` + derived + `,"keylen":16}`, []string{"hash.value"}, true},
	"a cost of scrypt":      {hashed, `{"algorithm":"scrypt",` + derived + `,"keylen":32,"cost":1000}`, []string{"cost"}, false},
	"a cost in words":       {hashed, `{"algorithm":"scrypt",` + derived + `,"keylen":32,"cost":"2","blockSize":-1,"parallelization":0.5}`, []string{"cost", "blockSize", "parallelization"}, false},
	"no factors":            {"mfa_factors", `[]`, []string{""}, false},
	"too many factors":      {"mfa_factors", "[" + strings.TrimSuffix(strings.Repeat(`{"phone":{"value":"+1"}},`, 11), ",") + "]", []string{""}, false},
	"faulty factors": {"mfa_factors", `[5,{},{"push":{}},{"totp":{"secret":"a"}},{"phone":{"value":"1"}},{"email":{"value":"x","name":"y"}},{"email":{"value":"a@example.com"},"phone":{"value":"+1"}}]`,
		[]string{"[0]", "[1]", "[2].push", "[3].totp.secret", "[4].phone.value", "[5].email.name", "[5].email.value", "[6]"}, false},
	"half a byte of a secret": {"mfa_factors", `[{"totp":{"secret":"A"}}]`, []string{"[0].totp.secret"}, true},
}

func TestBadMembers(t *testing.T) {
	for name, tt := range bad {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, field := range tt.want {
				switch tt.member {
				case hashed:
					field = hashed + "." + field
				case "mfa_factors":
					field = "mfa_factors" + field
				}
				want = append(want, field)
			}
			if diff := cmp.Diff(want, faultsOf(t, tt.member, tt.text)); diff != "" {
				t.Error(diff)
			}
			if takes := tenantTakes(t, tt.member, tt.text); takes != tt.lenient {
				t.Errorf("the tenant takes it: %t", takes)
			}
		})
	}
}

// The local tenant takes every member that is valid here.
func FuzzMembers(f *testing.F) {
	for member, all := range good {
		for _, text := range all {
			f.Add(member, text)
		}
	}
	for _, tt := range bad {
		f.Add(tt.member, tt.text)
	}
	kinds := map[string]string{"password_hash": `"`, hashed: "{", "mfa_factors": "["}
	f.Fuzz(func(t *testing.T, member, text string) {
		kind, known := kinds[member]
		if _, err := strictjson.ReadExact([]byte(text), 1000); !known || err != nil || !strings.HasPrefix(text, kind) {
			return // as a line of the input
		}
		if faultsOf(t, member, text) == nil && !tenantTakes(t, member, text) {
			t.Errorf("only the tenant refuses %s", text)
		}
	})
}
