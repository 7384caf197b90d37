package localtenant_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant/tenanttest"
)

// Hashes of other systems: of "shh", but for the last, of "password". They are the examples of
// https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples.
var importedHashes = []string{
	`{"algorithm":"md4","hash":{"value":"AbuUujgF0pPPkJPSFRTpmA==","encoding":"base64"}}`,
	`{"algorithm":"sha256","hash":{"value":"d24e794fce503c3ddb1cd1ba1dd5d9b250cf9917336a0316fefd87fecf79200f","encoding":"hex"},"salt":{"value":"abc123","position":"prefix"}}`,
	`{"algorithm":"bcrypt","hash":{"value":"$2b$10$C9hB01.YxRSTcn/ZOOo4j.TW7xCKKFKBSF.C7E0xiUwumqIDqWUXG"}}`,
	`{"algorithm":"argon2","hash":{"value":"$argon2id$v=19$m=65536,t=2,p=1$J6Q/82PCyaNpYKRELJyTZg$m04qUAB8rexWDR4+/0f+SFB+4XMFxt7YAvAq2UycYos"}}`,
	`{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha512$i=100000,l=64$KNyFsA2rWoE$I2CQGI9H0JxdDf3kERRI97kPCGxh0KWBIV3MxyaS191gDGfzVBGyS4BibhgqWQ0/ails8mHuU9ckASxHOOq58w"}}`,
	`{"algorithm":"ldap","hash":{"value":"{SSHA384}/cgEjdoZh85DhurDeOQEMO1rMlAur93SVPbYe5XSD4lF7nNuvrBju5hUeg9A6agRemgSXGl5YuE=","encoding":"utf8"}}`,
	`{"algorithm":"scrypt","hash":{"value":"097f6197e1b41538f723e32aa7a68e8d76227d8e432ce5faa4882a913032db29","encoding":"hex"},"salt":{"value":"abc123"},"keylen":32,"cost":4096}`,
}

// signsIn reports whether a password signs in. A page without a callback is a refusal.
func signsIn(t *testing.T, s *tenanttest.Server, email, password string) bool {
	t.Helper()
	b := newBrowser(t, s)
	p := b.submit(b.get(authorizeURL(s, nil)), map[string][]string{"username": {email}, "password": {password}})
	return p.location != ""
}

func TestImportedUsersSignIn(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for i, hash := range importedHashes {
		email, password := fmt.Sprintf("u%d@example.com", i), "shh"
		if i == len(importedHashes)-1 {
			password = "password"
		}
		job := a.startImport(fmt.Sprintf(`[{"email":%q,"custom_password_hash":%s}]`, email, hash), nil)
		if got := a.summary(job); got != "1 inserted, 0 updated, 0 failed, 1 total" {
			t.Fatalf("%s: %s", hash, got)
		}
		if signsIn(t, s, email, "wrong") || !signsIn(t, s, email, password) {
			t.Errorf("%s", hash)
		}
		if signsIn(t, s, email, "wrong") || !signsIn(t, s, email, password) { // now by bcrypt
			t.Errorf("%s, a second time", hash)
		}
	}
	// The log cannot tell a wrong password from a wrong hash, until there is one of bcrypt.
	log := a.list("/api/v2/users-by-email?email=u0@example.com")[0]
	var texts []string
	for _, e := range a.list("/api/v2/users/" + escape(log["user_id"].(string)) + "/logs?sort=date:1") {
		if e["type"] == "fp" {
			texts = append(texts, e["description"].(string))
		}
	}
	if diff := cmp.Diff([]string{"Password change required", "Wrong email or password."}, texts); diff != "" {
		t.Error(diff)
	}
}

func TestImportedPasswords(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	upsert := map[string]string{"upsert": "true"}
	withHash := func(email, hash string) string {
		return fmt.Sprintf(`[{"email":%q,"custom_password_hash":%s}]`, email, hash)
	}
	const refusal = "CONFLICT A custom_password_hash was provided, but the user already has password hash defined."
	// password_hash is of bcrypt. By Python's bcrypt, this is of the password below.
	a.startImport(`[{"email":"plain@example.com","password_hash":"$2b$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"},{"email":"none@example.com"}]`, nil)
	if !signsIn(t, s, "plain@example.com", "Träger-🔑-7") || signsIn(t, s, "plain@example.com", "x") || signsIn(t, s, "none@example.com", "") {
		t.Error("password_hash")
	}
	// A hash can be replaced until it was signed in with, and a user who has another one gets none.
	a.startImport(withHash("c@example.com", importedHashes[6]), nil)
	a.startImport(withHash("c@example.com", importedHashes[0]), upsert)
	if signsIn(t, s, "c@example.com", "password") || !signsIn(t, s, "c@example.com", "shh") {
		t.Error("the hash was not replaced")
	}
	for _, email := range []string{"c@example.com", "plain@example.com", "none@example.com", "ada@example.com"} {
		job := a.startImport(withHash(email, importedHashes[6]), upsert)
		if diff := cmp.Diff([]string{email + ": " + refusal}, a.failures(job)); diff != "" {
			t.Error(diff)
		}
	}
	// A new password takes the place of an imported hash, and of none.
	a.startImport(withHash("set@example.com", importedHashes[0]), nil)
	for _, email := range []string{"set@example.com", "none@example.com"} {
		id := a.list("/api/v2/users-by-email?email=" + email)[0]["user_id"].(string)
		a.obj("PATCH", "/api/v2/users/"+escape(id), map[string]any{"password": goodPassword}, 200)
		if !signsIn(t, s, email, goodPassword) || signsIn(t, s, email, "shh") {
			t.Errorf("%s has another password", email)
		}
	}
	// Errors show no hash.
	job := a.startImport(withHash("ada@example.com", importedHashes[0]), nil)
	user := a.list(job + "/errors")[0]["user"]
	want := map[string]any{"email": "ada@example.com", "custom_password_hash": map[string]any{
		"algorithm": "md4", "hash": map[string]any{"value": "*****", "encoding": "base64"}}}
	if diff := cmp.Diff(any(want), user); diff != "" {
		t.Error(diff)
	}
}
