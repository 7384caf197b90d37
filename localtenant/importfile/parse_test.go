package importfile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant/importfile"
)

const bcrypt = "$2b$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"

// Each member of a user, in a form that is allowed.
const whole = `{"email":"a@example.com","email_verified":true,"user_id":"1","username":"a","given_name":"A","family_name":"B",
	"name":"A B","nickname":"ab","picture":"https://example.com/a.png","blocked":true,"app_metadata":{"a":1},"user_metadata":{},
	"custom_password_hash":{"algorithm":"md5","hash":{"value":"00","encoding":"hex"},"salt":{"value":"s"},"password":{"encoding":"ucs2"}},
	"mfa_factors":[{"totp":{"secret":"JBTWY3DPEHPK3PNP"}},{"phone":{"value":"+12125550001"}},{"email":{"value":"a@example.org"}},{}]}`

func TestParse(t *testing.T) {
	records, err := importfile.Parse([]byte("[" + whole + `,{"email":"b@example.com","password_hash":"` + bcrypt + `"}]`))
	if err != nil || len(records) != 2 {
		t.Fatal(records, err)
	}
	a, b := records[0], records[1]
	if len(a.Problems)+len(b.Problems) > 0 {
		t.Error(a.Problems, b.Problems)
	}
	if a.Email != "a@example.com" || a.Username != "a" || a.UserID != "1" || a.CustomHash.Algorithm != "md5" || len(a.Factors) != 4 {
		t.Errorf("%+v", a)
	}
	if records, err := importfile.Parse([]byte(`[{"email":"a@example.com","custom_password_hash":{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1e3}}]`)); err != nil || *records[0].CustomHash.KeyLength != 1000 {
		t.Error(records, err)
	}
	if a.Factors[0].TOTP.Secret != "JBTWY3DPEHPK3PNP" || a.Factors[1].Phone.Value != "+12125550001" || a.Factors[2].Email.Value != "a@example.org" {
		t.Errorf("%+v", a.Factors)
	}
	if b.PasswordHash != bcrypt || b.CustomHash != nil {
		t.Errorf("%+v", b)
	}
	for _, text := range []string{"", "{", "{}", "null", `"x"`, "[] []", "\ufeff[]", "[{]"} {
		if records, err := importfile.Parse([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, records)
		}
	}
	if records, err := importfile.Parse([]byte("[]")); err != nil || len(records) != 0 {
		t.Error(records, err)
	}
}

func TestProblems(t *testing.T) {
	user := func(rest string) string { return `{"email":"a@example.com",` + rest + `}` }
	custom := func(rest string) string { return user(`"custom_password_hash":{"algorithm":"md5",` + rest + `}`) }
	factors := func(list string) string { return user(`"mfa_factors":[` + list + `]`) }
	for text, want := range map[string][]string{
		`5`:                             {"INVALID_TYPE : Expected type object but found type integer"},
		`{}`:                            {"OBJECT_REQUIRED identities[0].profileData.email: Error in identities[0].profileData.email property - Missing required property: email"},
		`{"email":"akshay144@"}`:        {"INVALID_FORMAT identities[0].profileData.email: Error in identities[0].profileData.email property - Object didn't pass validation for format email: akshay144@"},
		user(`"email_verified":"true"`): {"INVALID_TYPE email_verified: Error in email_verified property - Expected type boolean but found type string"},
		user(`"given_name":null`):       {"INVALID_TYPE given_name: Error in given_name property - Expected type string but found type null"},
		user(`"password_hash":"$2b$04$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"`): {
			`PATTERN passwordHash: Error in passwordHash property - String does not match pattern ^\$2[ab]?\$10+\$[./A-Za-z0-9]{53}$: $2b$04$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y`},
		user(`"password":"x"`):          {"NOT_PASSED : Forbidden attribute in appUser: "},
		user(`"mail":"x","phone":"+1"`): {"NOT_PASSED : Forbidden attribute in appUser: "},
		user(`"password_hash":"` + bcrypt + `","custom_password_hash":{"algorithm":"md5","hash":{"value":"00","encoding":"hex"}}`): {"NOT_PASSED : Forbidden attribute in appUser: "},
		`{"blocked":1,"name":2,"x":3}`: {
			"OBJECT_REQUIRED identities[0].profileData.email: Error in identities[0].profileData.email property - Missing required property: email",
			"INVALID_TYPE blocked: Error in blocked property - Expected type boolean but found type integer",
			"INVALID_TYPE name: Error in name property - Expected type string but found type integer",
			"NOT_PASSED : Forbidden attribute in appUser: ",
		},
		user(`"custom_password_hash":{}`):                                     {"OBJECT_REQUIRED custom_password_hash: Error in custom_password_hash property - Missing required property: algorithm"},
		custom(`"hash":{"value":"00"}`):                                       {"OBJECT_REQUIRED custom_password_hash.hash.encoding: Error in custom_password_hash.hash.encoding property - Missing required property: hash.encoding"},
		custom(`"hash":{},"iterations":5`):                                    {"NOT_PASSED : Forbidden attribute in appUser: "},
		custom(`"hash":{},"keylen":1.5`):                                      {"INVALID_TYPE custom_password_hash.keylen: Error in custom_password_hash.keylen property - Expected type integer but found type number"},
		custom(`"hash":{"encoding":"utf-8"}`):                                 {"ENUM_MISMATCH custom_password_hash.hash.encoding: Error in custom_password_hash.hash.encoding property - No enum match for: utf-8"},
		factors(``):                                                           {"ARRAY_LENGTH_SHORT mfa_factors: Error in mfa_factors property - Array is too short (0), minimum 1"},
		factors(strings.Repeat("{},", 10) + "{}"):                             {"ARRAY_LENGTH_LONG mfa_factors: Error in mfa_factors property - Array is too long (11), maximum 10"},
		factors(`{"totp":{"secret":"jbtw"}}`):                                 {"PATTERN mfa_factors[0].totp.secret: Error in mfa_factors[0].totp.secret property - String does not match pattern ^[A-Z2-7]+$: jbtw"},
		factors(`{"phone":{"value":"+1"},"email":{"value":"a@example.com"}}`): {"NOT_PASSED : Forbidden attribute in appUser: "},
		user(`"custom_password_hash":{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1e30}`): {
			"MAXIMUM : A number is too large"},
	} {
		records, err := importfile.Parse([]byte("[" + text + "]"))
		if err != nil || len(records) != 1 {
			t.Fatal(text, err)
		}
		var got []string
		for _, p := range records[0].Problems {
			got = append(got, p.Code+" "+p.Path+": "+p.Message)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestRepeatedUsers(t *testing.T) {
	records, err := importfile.Parse([]byte(`[{"email":"a@example.com","user_id":"1","username":"a"},{"email":"A@Example.com"},
		{"email":"b@example.com","user_id":"1"},{"email":"c@example.com","username":"A"},{"email":"d@example.com","name":5},
		{"email":"d@example.com"},{"email":"e@example.com","username":"b@example.com"}]`))
	if err != nil {
		t.Fatal(err)
	}
	var repeated []int
	for i, r := range records {
		for _, p := range r.Problems {
			if p.Code == "DUPLICATED_USER" && p.Message == "A user with this [email|username|user_id] was already provided." {
				repeated = append(repeated, i)
			}
		}
	}
	if diff := cmp.Diff([]int{1, 2, 3}, repeated); diff != "" { // the fifth is bad, and so the sixth is the first
		t.Error(diff)
	}
}

func TestShown(t *testing.T) {
	records, err := importfile.Parse([]byte(`[{"email":"a@example.com","password":"hide","password_hash":"hide",
		"custom_password_hash":{"algorithm":"ldap","hash":{"value":"hide","key":{"value":"hide","encoding":"hex"}},"salt":{"value":5}},
		"mfa_factors":[{"totp":{"secret":"SHOWN"}}]},{"custom_password_hash":"hide"},{"custom_password_hash":{"hash":["hide"]}},"hide"]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for _, r := range records {
		got = append(got, r.Shown)
	}
	type object = map[string]any
	want := []object{
		{"email": "a@example.com", "password": "*****", "password_hash": "*****",
			"custom_password_hash": object{"algorithm": "ldap", "hash": object{"value": "*****", "key": object{"value": "*****", "encoding": "hex"}}, "salt": object{"value": "*****"}},
			"mfa_factors":          []any{object{"totp": object{"secret": "SHOWN"}}}},
		{"custom_password_hash": "*****"}, {"custom_password_hash": object{"hash": "*****"}}, {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// listed are the codes that the documentation lists, and INVALID_FORMAT, which was seen for FORMAT.
var listed = strings.Fields("ANY_OF_MISSING ARRAY_LENGTH_LONG ARRAY_LENGTH_SHORT CONFLICT CONFLICT_EMAIL CONFLICT_USERNAME " +
	"CONNECTION_NOT_FOUND DUPLICATED_USER ENUM_MISMATCH INVALID_FORMAT INVALID_TYPE MAX_LENGTH MAXIMUM MFA_FACTORS_FAILED MIN_LENGTH " +
	"MINIMUM NOT_PASSED OBJECT_REQUIRED PATTERN")

// FuzzParse: each element of an array is a record; each has problems with listed codes, or a user
// that can be decoded; and no hash is shown.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "[]", "[" + whole + "]", "[" + whole + "," + whole + "]", `[{"email":"b@example.com","password_hash":"` + bcrypt + `"}]`,
		`[null,5,"x",[],{},{"email":"a@b.co","EMAIL":"c@d.co"}]`, `[{"email":"a@example.com","mfa_factors":[{"totp":{"secret":"A"}}]}]`,
		`[{"email":"a@example.com","custom_password_hash":{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$OkwY"}}}]`,
		`[{"email":"a@example.com","custom_password_hash":{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1000,l=32$+/8gc2FsdCAx$NlGN1aix"}}}]`,
		`[{"email":"a@example.com","custom_password_hash":{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1,"cost":1e3}}]`,
		`[{"email":"a@example.com","custom_password_hash":{"algorithm":"ldap","hash":{"value":"{SSHA}AAAA"}}}]`,
		`[{"email":"a@example.com","custom_password_hash":{"algorithm":"hmac","hash":{"value":"","digest":"md4","key":{}}}}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := importfile.Parse(text)
		var list []json.RawMessage
		if bad := json.Unmarshal(text, &list) != nil || list == nil; bad != (err != nil) || len(list) != len(records) && !bad {
			t.Fatalf("%d of %d, %v", len(records), len(list), err)
		}
		for _, r := range records {
			for _, p := range r.Problems {
				if !slices.Contains(listed, p.Code) || p.Message == "" {
					t.Errorf("%+v", p)
				}
			}
			if len(r.Problems) > 0 {
				continue
			}
			var user map[string]any
			if err := json.Unmarshal(r.JSON, &user); err != nil || user["email"] != r.Email || r.Email == "" {
				t.Errorf("%+v of %s", r, r.JSON)
			}
			shown, err := json.Marshal(r.Shown)
			if err != nil || len(r.PasswordHash) > 0 && strings.Contains(string(shown), r.PasswordHash) {
				t.Errorf("%s, %v", shown, err)
			}
		}
	})
}
