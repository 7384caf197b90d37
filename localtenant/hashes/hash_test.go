package hashes_test

import (
	"encoding/json"
	"strings"
	"testing"

	"usher/localtenant/hashes"
)

func parse(t testing.TB, text string) *hashes.Hash {
	t.Helper()
	h := &hashes.Hash{}
	if err := json.Unmarshal([]byte(text), h); err != nil {
		t.Fatal(err)
	}
	return h
}

// Auth0's examples
// (https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples):
// the documentation says only that the last is of "hello". The others were found by trying words
// with OpenSSL, passlib and argon2-cffi.
func TestDocumentedExamples(t *testing.T) {
	for _, c := range []struct{ password, hash string }{
		{"shh", `{"algorithm":"md4","hash":{"value":"AbuUujgF0pPPkJPSFRTpmA==","encoding":"base64"}}`},
		{"shh", `{"algorithm":"sha256","hash":{"value":"d24e794fce503c3ddb1cd1ba1dd5d9b250cf9917336a0316fefd87fecf79200f","encoding":"hex"},"salt":{"value":"abc123","position":"prefix"}}`},
		{"shh", `{"algorithm":"bcrypt","hash":{"value":"$2b$10$C9hB01.YxRSTcn/ZOOo4j.TW7xCKKFKBSF.C7E0xiUwumqIDqWUXG"}}`},
		{"shh", `{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=65536,t=2,p=1$J6Q/82PCyaNpYKRELJyTZg$m04qUAB8rexWDR4+/0f+SFB+4XMFxt7YAvAq2UycYos"}}`},
		{"shh", `{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-md4$i=100000,l=64$+N375B8q0Fw$fp2R9KAM4hK/votGHC5Fu+jhqbxUD8+Nic/EMSGvNC3UP/k7wSHI0uXluHRSkZfl/BOheYqNOemayG90ZaSSQw","encoding":"utf8"}}`},
		{"shh", `{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha512$i=100000,l=64$KNyFsA2rWoE$I2CQGI9H0JxdDf3kERRI97kPCGxh0KWBIV3MxyaS191gDGfzVBGyS4BibhgqWQ0/ails8mHuU9ckASxHOOq58w"}}`},
		{"shh", `{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha512$KNyFsA2rWoE$I2CQGI9H0JxdDf3kERRI97kPCGxh0KWBIV3MxyaS191gDGfzVBGyS4BibhgqWQ0/ails8mHuU9ckASxHOOq58w"}}`}, // the defaults are the same
		{"shh", `{"algorithm":"ldap","hash":{"value":"{SSHA384}/cgEjdoZh85DhurDeOQEMO1rMlAur93SVPbYe5XSD4lF7nNuvrBju5hUeg9A6agRemgSXGl5YuE=","encoding":"utf8"}}`},
		{"test", `{"algorithm":"hmac","hash":{"value":"cg7f42jH39/2EaAU4wNd4s2lKIk=","encoding":"base64","digest":"sha1","key":{"value":"736868","encoding":"hex"}}}`},
		{"password", `{"algorithm":"scrypt","hash":{"value":"097f6197e1b41538f723e32aa7a68e8d76227d8e432ce5faa4882a913032db29","encoding":"hex"},"salt":{"value":"abc123","encoding":"utf8"},"keylen":32,"cost":4096}`},
		{"hello", `{"algorithm":"bcrypt","hash":{"value":"$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K"}}`},
	} {
		holds(t, c.password, c.hash)
	}
}

// holds expects a hash to be of one password and of no other.
func holds(t *testing.T, password, hash string) {
	t.Helper()
	h := parse(t, hash)
	if bad := h.Check(); bad != nil {
		t.Errorf("%s: %v", hash, bad)
	}
	if !h.Matches(password) {
		t.Errorf("%s is not of %q", hash, password)
	}
	for _, other := range []string{"", password[1:], strings.ToUpper(password) + "x"} {
		if h.Matches(other) {
			t.Errorf("%s is of %q", hash, other)
		}
	}
}

// These were made with OpenSSL 3.0 (openssl dgst and openssl kdf with its legacy provider), Python's
// hashlib.scrypt, bcrypt 4.0, argon2-cffi 25.1, and passlib 1.7 for LDAP's MD5 and SHA-1.
func TestHashes(t *testing.T) {
	const password = "Träger-🔑-7"
	for _, hash := range []string{
		`{"algorithm":"md4","hash":{"value":"9BD7809C08BACD21E0EA60F9AAB26EE5","encoding":"hex"},"salt":{"value":"pepper"}}`,
		`{"algorithm":"md4","hash":{"value":"wXzPDYRNMAiDFKVVSwrqbw","encoding":"base64"},"salt":{"value":"pepper","position":"suffix"}}`,
		`{"algorithm":"md5","hash":{"value":"7918d579a00662dc28b867cd0b56ee20","encoding":"hex"},"salt":{"value":"706570706572","encoding":"hex"}}`,
		`{"algorithm":"md5","hash":{"value":"cgN7PYaasetg5ST-YGAoMw==","encoding":"base64"},"salt":{"value":"cGVwcGVy","encoding":"base64","position":"suffix"}}`,
		`{"algorithm":"sha1","hash":{"value":"451548238ff223f9479e823ced616faa91b395ec","encoding":"hex"},"salt":{"value":"pepper"}}`,
		`{"algorithm":"sha1","hash":{"value":"6oGB5vQna7hIm8qWvFxNaXy7AC8=","encoding":"base64"},"salt":{"value":"pepper","position":"suffix"}}`,
		`{"algorithm":"sha256","hash":{"value":"6240c79cf6a0ac7e30fb6a63e3262cc8e4fba6246b274fcd095d5a5cea225b6c","encoding":"hex"},"salt":{"value":"pepper"}}`,
		`{"algorithm":"sha512","hash":{"value":"etHqybcs//KhlOfFLAVCZjvrFUlhpvd7jiulbNrxixPxZxur/gR7Z+MjUybdMvzurt+0RP4U8l/RvIr9az+p8g==","encoding":"base64"},"salt":{"value":"pepper","position":"suffix"}}`,
		`{"algorithm":"sha256","hash":{"value":"9f2abc944ac3b38caf1201361346a825350ba9f417c2dbd2f954e738d4df673a","encoding":"hex"},"password":{"encoding":"utf16le"}}`,
		`{"algorithm":"sha256","hash":{"value":"9f2abc944ac3b38caf1201361346a825350ba9f417c2dbd2f954e738d4df673a","encoding":"hex"},"password":{"encoding":"ucs2"}}`,
		mac("md4", "375fbf43f0474625801e811d63720aaa"), mac("md5", "b05279fccaddf283fb88c63df53dd969"),
		mac("ripemd160", "203bc4c569a8ec9db8fb7d0e5ed2ef23c8666b74"), mac("sha1", "6e395d083a9bf7fa5c2a14d6c9a9caad134d6d53"),
		mac("sha224", "c3e6108b416f10f554359e0a5f26343a053b989702738564c60d9aaf"),
		mac("sha256", "e31f5c4d864a2e132e63582253dc665f1889bc4f11095f47ebc72ef850b0028c"),
		mac("sha384", "1776ce0291954a09ec323038591461fe4ecdbcdbda0d77eb9294c45a1aec6eac7b5dd02c0b276a78b8e7c1665dd3ccad"),
		mac("sha512", "2beac695ba261f1d2ecf762d2dc08f33b21aba334f5b169da689e7bd3c33c07f6ab24025e66429a0c136157f0be7d28ae2c57ccafdb14d883f70578cb34c8d43"),
		text("argon2", "$argon2i$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$7bP1x8jVcyrR6bJgIr6wuH/qPudNOJeY6fY/XBG1OBM"),
		text("argon2", "$argon2id$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$OkwYz6z5iv0V0ozDj+Ov+UFXwSJT1oqz53CP/yZUpy8"),
		text("pbkdf2", "$pbkdf2-md4$i=1000,l=64$+/8gc2FsdCAx$HgGe6G88IpxLjbqioqTNAWt+NKtWQKzOk2V6Ft9FSDpC2DXQHSEZVzXri4FS36K9c04URx+FH9YatLij3zSFHQ"),
		text("pbkdf2", "$pbkdf2-md4$i=1000$+/8gc2FsdCAx$HgGe6G88IpxLjbqioqTNAWt+NKtWQKzOk2V6Ft9FSDpC2DXQHSEZVzXri4FS36K9c04URx+FH9YatLij3zSFHQ"),
		text("pbkdf2", "$pbkdf2-RSA-MD5$i=1000,l=16$+/8gc2FsdCAx$BTDl5lflLabev0F9dD9Uow"),
		text("pbkdf2", "$pbkdf2-ssl3-sha1$i=1000,l=20$+/8gc2FsdCAx$XzEQ2TpLnB92Bpi3asAZT36XP90"),
		text("pbkdf2", "$pbkdf2-sha224WithRSAEncryption$i=1000,l=28$+/8gc2FsdCAx$g2Fv+BS02Bf6vynjTLdLdHhbHP30jzDQmhEDdA"),
		text("pbkdf2", "$pbkdf2-sha256$i=1000,l=32$+/8gc2FsdCAx$NlGN1aixrCReTeMlH0G4BlAwx9sgsjJAfWXWXORNgZg"),
		text("pbkdf2", "$pbkdf2-RSA-SHA384$i=1000,l=100$+/8gc2FsdCAx$kMgPG5QIvGRQbBgyTQ5jOvkHqpAv4dQbQdhv2hiR8DJautEFtLxSPfawlidrdgPhdgO9clIUqShtRhlVs8iXW8eXx3UVL0CGQs3056PqwUZ181DZogidiNuMc317oJGF1uuxpQ"),
		text("pbkdf2", "$pbkdf2-sha512$l=64$+/8gc2FsdCAx$PdgtkPQOGlLQhSiIbCRzWJqpZCZ9wNCc7MrWZuk1hwA59RcBS2YtR4BXkEJKfMXGUxseBuLmVEEeKVkVFZyi9A"),
		text("pbkdf2", "$pbkdf2-rmd160$i=1000,l=20$+/8gc2FsdCAx$NBB0fU2AzGCZ+71BC+asattFK8E"),
		text("bcrypt", "$2b$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"),
		`{"algorithm":"bcrypt","hash":{"value":"$2a$04$EvrAjinkx/rH5HEuRweH6uWDS6M0BAwfj1HL79WBDYWKGfSuwzmNm","encoding":"utf8"},"salt":{"value":"pepper"}}`,
		`{"algorithm":"bcrypt","hash":{"value":"$2y$04$WdrsIzF1AtM0KB2mwgABxOvAwswpAybcOYy9W33XItFcU3x9G0vtK"},"salt":{"value":"pepper","position":"suffix"}}`,
		`{"algorithm":"scrypt","hash":{"value":"PiMcv66BJijh2oCz2BoNOSr8n/Omp9Sgvdw0IUaSdH/Rwli9Ux+RLOBmiKW4qy1RE/J+CtwpWn47bVeZLuLfmA==","encoding":"base64"},"salt":{"value":"abc123"},"keylen":64}`,
		`{"algorithm":"scrypt","hash":{"value":"0104a553d2eff1438cebbae0e6718f16","encoding":"hex"},"salt":{"value":"YWJjMTIz","encoding":"base64"},"keylen":16,"cost":16,"blockSize":4,"parallelization":3}`,
		text("ldap", "{MD5}NrCa+rKdi85cpqi7TeFdkw=="), text("ldap", "{smd5}arJMETO4SfAjOe0x5n4XP7RWivE="),
		text("ldap", "{SHA}75enqxsBDZ4jhyg7B+iSr08Jpys="), text("ldap", "{SSHA}5R91c2IdQIU9R+rSXTyknjbz010f4xyD"),
		text("ldap", "{SHA224}DJko0j+VZJn34SB27gk9AHthyycFj2n/kwKZvw=="), text("ldap", "{SSHA224}dRQ1yQr0e+zfXwfYqpZMGYDSPRZff3PLPcumlABzYWx0"),
		text("ldap", "{SHA256}hQsrHEFV3w94QQoQ/imt6s1JFGBj3nem8ZJk92TAl94="), text("ldap", "{SSHA256}n7sZq8lODfL3+uKAI4MFLad9JdYpcEFQAgFpIBRy7+sAc2FsdA=="),
		text("ldap", "{SHA384}HuvdysxvKQr5h0cMfJVsv+o0bQSqRsoQ9yyVghPxy9gy85448x243bOiihTLx4ll"),
		text("ldap", "{SHA512}XTTBR4Zo4iZI3d/iGsA6NHlG3GCW6FQmYWXBjGypWHBcvb0cMhKnqSbfgzCnnz3Mm6MjFIZBx55Dcw4FbOn07g=="),
		text("ldap", "{SSHA512}syCEyTxxobV0IS76Zd6Vj4LbybP3Jx3OoI0HfnyDz2UihibjNsnTp5d6txBT3cPLdyAKcZGtXiyowxvUaGpoURPCeK8VAuC8"),
	} {
		holds(t, password, hash)
	}
	holds(t, "Träger", `{"algorithm":"sha1","hash":{"value":"cadfaf06a4a396f61e0fc8b9b6023b36ba26ecfb","encoding":"hex"},"password":{"encoding":"latin1"}}`)
}

func mac(digest, hex string) string {
	return `{"algorithm":"hmac","hash":{"value":"` + hex + `","encoding":"hex","digest":"` + digest + `","key":{"value":"shh"}}}`
}

func text(algorithm, value string) string {
	return `{"algorithm":"` + algorithm + `","hash":{"value":"` + value + `"}}`
}

// A salt counts towards the 72 bytes that bcrypt reads. The hash is of 62 letters and then the salt,
// by Python's bcrypt.
func TestBcryptReads72Bytes(t *testing.T) {
	h := parse(t, `{"algorithm":"bcrypt","hash":{"value":"$2b$04$/P/MGDQGgY8B2nHfRBHP8ufa5LJgBjnG8av3Qu5.oJvsuuKrjJxvq"},"salt":{"value":"ppppppppppTAIL","position":"suffix"}}`)
	if !h.Matches(strings.Repeat("x", 62)) || h.Matches(strings.Repeat("x", 61)) || h.Matches(strings.Repeat("x", 63)) {
		t.Error("the salt's end is read, or its beginning is not")
	}
}

func TestChecks(t *testing.T) {
	const b64 = `"value":"AbuUujgF0pPPkJPSFRTpmA==","encoding":"base64"`
	for hash, want := range map[string]string{
		`{"algorithm":"md5","hash":{}}`:                                                                              "OBJECT_REQUIRED hash.value",
		`{"algorithm":"md5","hash":{"value":"x"}}`:                                                                   "OBJECT_REQUIRED hash.encoding",
		`{"algorithm":"md5","hash":{"value":"x","encoding":"utf8"}}`:                                                 "ENUM_MISMATCH hash.encoding",
		`{"algorithm":"md5","hash":{"value":"x","encoding":"hex"}}`:                                                  "PATTERN hash.value",
		`{"algorithm":"md5","hash":{` + b64 + `},"salt":{"value":"!","encoding":"base64"}}`:                          "PATTERN salt.value",
		`{"algorithm":"md6","hash":{` + b64 + `}}`:                                                                   "ENUM_MISMATCH algorithm",
		`{"algorithm":"hmac","hash":{` + b64 + `}}`:                                                                  "OBJECT_REQUIRED hash.digest",
		`{"algorithm":"hmac","hash":{` + b64 + `,"digest":"sha3"}}`:                                                  "ENUM_MISMATCH hash.digest",
		`{"algorithm":"hmac","hash":{` + b64 + `,"digest":"sha1"}}`:                                                  "OBJECT_REQUIRED hash.key",
		`{"algorithm":"hmac","hash":{` + b64 + `,"digest":"sha1","key":{"value":"x","encoding":"hex"}}}`:             "PATTERN hash.key.value",
		`{"algorithm":"scrypt","hash":{` + b64 + `}}`:                                                                "OBJECT_REQUIRED keylen",
		`{"algorithm":"scrypt","hash":{` + b64 + `},"keylen":0}`:                                                     "MINIMUM keylen",
		`{"algorithm":"scrypt","hash":{` + b64 + `},"keylen":16,"cost":1000}`:                                        "NOT_PASSED cost",
		`{"algorithm":"scrypt","hash":{` + b64 + `},"keylen":16,"cost":1}`:                                           "NOT_PASSED cost",
		`{"algorithm":"scrypt","hash":{` + b64 + `},"keylen":16,"blockSize":0}`:                                      "MINIMUM blockSize",
		`{"algorithm":"scrypt","hash":{` + b64 + `},"keylen":16,"parallelization":0}`:                                "MINIMUM parallelization",
		`{"algorithm":"argon2","hash":{` + b64 + `}}`:                                                                "ENUM_MISMATCH hash.encoding",
		text("argon2", "$argon2d$v=19$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$bzSyVDUOfgcu6fPMZalTsNse3TcUKWuODlu7XhHfT3I"): "PATTERN hash.value",
		text("argon2", "$argon2i$m=256,t=2,p=2$c2FsdHlzYWx0c2FsdA$bzSy"):                                             "PATTERN hash.value",
		text("argon2", "$argon2i$v=19$m=256,t=0,p=2$c2FsdHlzYWx0c2FsdA$bzSy"):                                        "PATTERN hash.value",
		text("argon2", "$argon2i$v=19$m=256,t=1,p=2$c2FsdHlzYWx0c2FsdA$b"):                                           "PATTERN hash.value",
		`{"algorithm":"argon2","hash":{"value":"x"},"salt":{"value":"y"}}`:                                           "NOT_PASSED salt",
		`{"algorithm":"pbkdf2","hash":{"value":"x","salt":{}}}`:                                                      "NOT_PASSED salt",
		text("pbkdf2", "$pbkdf2-sha3$i=1,l=3$c2FsdA$bzSy"):                                                           "PATTERN hash.value",
		text("pbkdf2", "$pbkdf2-sha1$i=0,l=3$c2FsdA$bzSy"):                                                           "PATTERN hash.value",
		text("bcrypt", "$2x$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"):                               "PATTERN hash.value",
		text("ldap", "{CRYPT}$1$salt$digest"):                                                                        "PATTERN hash.value",
		text("ldap", "{SHA}5R91c2IdQIU9R+rSXTyknjbz010f4xyD"):                                                        "PATTERN hash.value",
		text("ldap", "{SSHA512}5R91c2IdQIU9R+rSXTyknjbz010f4xyD"):                                                    "PATTERN hash.value",
	} {
		h := parse(t, hash)
		bad := h.Check()
		if bad == nil || bad.Code+" "+bad.Property != want || bad.Message == "" {
			t.Errorf("%s: %+v, want %s", hash, bad, want)
		}
		if h.Matches("x") {
			t.Errorf("%s matches", hash)
		}
	}
}

// What is allowed and cannot be computed, or would take too long, matches no password.
func TestRefusedWork(t *testing.T) {
	for _, hash := range []string{
		`{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"whirlpool","key":{"value":"x"}}}`,
		text("bcrypt", "$2b$17$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"),
		text("pbkdf2", "$pbkdf2-whirlpool$i=1,l=3$c2FsdA$bzSy"), text("pbkdf2", "$pbkdf2-sha1$i=1,l=4$c2FsdA$bzSy"),
		text("pbkdf2", "$pbkdf2-sha1$i=999999999,l=3$c2FsdA$bzSy"),
		text("argon2", "$argon2i$v=19$m=999999999,t=1,p=1$c2FsdHlzYWx0c2FsdA$bzSy"),
		text("argon2", "$argon2i$v=19$m=8,t=999999999,p=1$c2FsdHlzYWx0c2FsdA$bzSy"),
		`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1,"cost":1073741824}`,
		`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":1,"cost":1024,"parallelization":1000}`,
		`{"algorithm":"scrypt","hash":{"value":"00","encoding":"hex"},"keylen":2}`,
	} {
		h := parse(t, hash)
		if bad := h.Check(); bad != nil || h.Matches("x") {
			t.Errorf("%s: %v", hash, bad)
		}
	}
}
