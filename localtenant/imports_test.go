package localtenant_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// databaseID is the connection that users are imported into.
const databaseID = "con_Local0000000001x"

// startImport starts an import of a file and returns the job's path.
func (a *api) startImport(users string, extra map[string]string) string {
	a.t.Helper()
	return "/api/v2/jobs/" + a.obj("POST", "/api/v2/jobs/users-imports", importForm(users, extra), 202)["id"].(string)
}

func importForm(users string, extra map[string]string) multipartForm {
	form := multipartForm{"connection_id": databaseID, "users": users}
	maps.Copy(form, extra)
	return form
}

// summary is what a job that has completed says of it.
func (a *api) summary(job string) string {
	a.t.Helper()
	doc := a.obj("GET", job, nil, 200)
	summary, _ := doc["summary"].(map[string]any)
	if doc["status"] != "completed" || summary == nil {
		a.t.Fatalf("%v", doc)
	}
	out := []string{}
	for _, name := range []string{"inserted", "updated", "failed", "total"} {
		out = append(out, string(rune('0'+int(summary[name].(float64))))+" "+name)
	}
	return strings.Join(out, ", ")
}

// failures are the errors of a job: code and message of each, after the user's address.
func (a *api) failures(job string) (out []string) {
	a.t.Helper()
	for _, e := range a.list(job + "/errors") {
		email, _ := e["user"].(map[string]any)["email"].(string)
		for _, one := range e["errors"].([]any) {
			m := one.(map[string]any)
			out = append(out, email+": "+m["code"].(string)+" "+m["message"].(string))
		}
	}
	return out
}

const duplicated = "DUPLICATED_USER The user already exist and upsert parameter is false"

func TestImport(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	doc := a.obj("POST", "/api/v2/jobs/users-imports", importForm(`[{"email":"New@Example.com","email_verified":true,"user_id":"n1",
		"username":"new","name":"N","blocked":true,"app_metadata":{"a":1},"user_metadata":{"b":2}},{"email":"bare@example.com"},
		{"email":"pre@example.com","user_id":"auth0|x"},{"email":"ada@example.com","name":"Ada II"},{"mail":"x"},{"email":"new@example.com"},
		{"email":"other@example.com","user_id":"65e19a100000000000000001"},{"email":"other@example.com","username":"ALAN"},
		{"email":"meta@example.com","app_metadata":{"blocked":true}},{"email":"meta@example.com","user_metadata":{"a":{"b.c":1}}}]`,
		map[string]string{"external_id": "e1", "send_completion_email": "false"}), 202)
	job := "/api/v2/jobs/" + doc["id"].(string)
	want := map[string]any{"type": "users_import", "status": "pending", "connection_id": databaseID, "connection": localtenant.Connection,
		"external_id": "e1", "id": doc["id"], "created_at": doc["created_at"]}
	if diff := cmp.Diff(want, doc); diff != "" { // as recorded: TestJobManager_ImportUsers of auth0/go-auth0
		t.Error(diff)
	}
	want["status"], want["summary"] = "completed", map[string]any{"failed": 7.0, "updated": 0.0, "inserted": 3.0, "total": 10.0}
	if diff := cmp.Diff(want, a.obj("GET", job, nil, 200)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"ada@example.com: " + duplicated,
		": OBJECT_REQUIRED Error in identities[0].profileData.email property - Missing required property: email",
		": NOT_PASSED Forbidden attribute in appUser: ",
		"new@example.com: DUPLICATED_USER A user with this [email|username|user_id] was already provided.",
		"other@example.com: " + duplicated,
		"other@example.com: DUPLICATED_USER A user with this [email|username|user_id] was already provided.",
		"meta@example.com: NOT_PASSED app_metadata must not contain: blocked",
		"meta@example.com: DUPLICATED_USER A user with this [email|username|user_id] was already provided.",
	}, a.failures(job)); diff != "" {
		t.Error(diff)
	}
	made := a.obj("GET", "/api/v2/users/auth0%7Cn1", nil, 200)
	delete(made, "created_at")
	delete(made, "updated_at")
	delete(made, "picture")
	if diff := cmp.Diff(map[string]any{
		"user_id": "auth0|n1", "email": "new@example.com", "email_verified": true, "username": "new", "name": "N", "nickname": "new", "blocked": true,
		"app_metadata": map[string]any{"a": 1.0}, "user_metadata": map[string]any{"b": 2.0},
		"identities": []any{map[string]any{"connection": localtenant.Connection, "provider": "auth0", "user_id": "n1", "isSocial": false}},
	}, made); diff != "" {
		t.Error(diff)
	}
	a.obj("GET", "/api/v2/users/auth0%7Cauth0%7Cx", nil, 200) // the prefix comes before one that is there
	if bare := a.list("/api/v2/users-by-email?email=bare@example.com")[0]; bare["email_verified"] != false || bare["blocked"] != nil {
		t.Errorf("%v", bare)
	}
	if ada := a.list("/api/v2/users-by-email?email=ada@example.com")[0]; ada["name"] != "Ada Lovelace" {
		t.Errorf("%v", ada)
	}
	if mail := s.Tenant.Outbox(); len(mail) != 0 {
		t.Errorf("%v", mail)
	}
	good := a.startImport(`[{"email":"fine@example.com"}]`, nil)
	if got := a.summary(good); got != "1 inserted, 0 updated, 0 failed, 1 total" {
		t.Error(got)
	}
	a.obj("GET", good+"/errors", nil, 204)
	if mail := s.Tenant.Outbox(); len(mail) != 1 || mail[0].Kind != "import_email" || !strings.HasSuffix(mail[0].Subject, " completed") {
		t.Errorf("%v", mail)
	}
}

func TestImportIsRefused(t *testing.T) {
	a := newAPI(t, tenanttest.Start(t))
	for message, form := range map[string]any{
		"Payload validation error: 'String does not match pattern ^con_[A-Za-z0-9]{16}$: x' on property connection_id.": importForm("[]", map[string]string{"connection_id": "x"}),
		"Payload validation error: 'Expected type boolean but found type string' on property upsert.":                   importForm("[]", map[string]string{"upsert": "yes"}),
		"Payload validation error: 'Missing required property: users'.":                                                 multipartForm{"connection_id": databaseID},
		"Payload validation error: 'Missing required property: connection_id'.":                                         multipartForm{"users": "[]"},
		"The connection does not exist.":           importForm("[]", map[string]string{"connection_id": "con_none000000000000"}),
		"Connection must be a database connection": importForm("[]", map[string]string{"connection_id": "con_Local0000000003x"}),
		"Invalid multipart payload format":         map[string]any{"connection_id": databaseID},
	} {
		if got := a.obj("POST", "/api/v2/jobs/users-imports", form, 400); got["message"] != message || got["errorCode"] == nil {
			t.Errorf("%v, want %s", got, message)
		}
	}
	// The whole request counts, and not the file.
	for size, status := range map[int]int{511_000: 202, 511_990: 413, 600_000: 413, 2 << 20: 413} {
		got := a.obj("POST", "/api/v2/jobs/users-imports", importForm("["+strings.Repeat(" ", size-2)+"]", nil), status)
		if status == 413 && got["message"] != "Payload content length greater than maximum allowed: 512000" {
			t.Errorf("%v", got)
		}
	}
}

func TestUpsert(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	upsert := map[string]string{"upsert": "true"}
	ada := func() map[string]any { return a.list("/api/v2/users-by-email?email=ada@example.com")[0] }
	was := ada()
	job := a.startImport(`[{"email":"ADA@example.com","user_id":"7","username":"ada","blocked":true,"nickname":"Countess","app_metadata":{"b":2},
		"password_hash":"$2b$10$CJIvEq8Q5RK3DUM/YI0T3en6snfgtLX.0S3eJ2XT5U99b9A7Gnk9y"},{"email":"new@example.com"},
		{"email":"id@example.com","user_id":"65e19a100000000000000002"},{"email":"name@example.com","username":"alan"}]`, upsert)
	if got := a.summary(job); got != "1 inserted, 1 updated, 2 failed, 4 total" {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"id@example.com: CONFLICT The user_id is of another user", "name@example.com: CONFLICT_USERNAME The username is of another user"}, a.failures(job)); diff != "" {
		t.Error(diff)
	}
	// What is not upsertable is left, metadata is replaced where it is there, and the address is no longer verified.
	want := maps.Clone(was)
	want["nickname"], want["app_metadata"], want["email_verified"] = "Countess", map[string]any{"b": 2.0}, false
	got := ada()
	want["updated_at"] = got["updated_at"]
	if diff := cmp.Diff(want, got); diff != "" || got["updated_at"] == was["updated_at"] {
		t.Error(diff)
	}
	a.startImport(`[{"email":"ada@example.com","email_verified":true,"user_metadata":{}}]`, upsert)
	if got := ada(); got["email_verified"] != true || got["user_metadata"] != nil || got["app_metadata"] == nil {
		t.Errorf("%v", got)
	}
	if q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil); q.Get("code") == "" {
		t.Errorf("the hash was updated: %v", q)
	}
}

func TestImportedFactors(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	const secret = "JBTWY3DPEHPK3PNP"
	job := a.startImport(`[{"email":"f@example.com","user_id":"f","mfa_factors":[{"totp":{"secret":"`+secret+`"}},{"phone":{"value":"+12125550001"}},{"email":{"value":"f@example.org"}},{}],
		"custom_password_hash":{"algorithm":"md5","hash":{"value":"5d41402abc4b2a76b9719d911017c592","encoding":"hex"}}},
		{"email":"odd@example.com","user_id":"odd","mfa_factors":[{"totp":{"secret":"A"}}]},
		{"email":"twice@example.com","mfa_factors":[{"phone":{"value":"+1"}},{"phone":{"value":"+1"}}]}]`, nil)
	if diff := cmp.Diff([]string{"odd@example.com: MFA_FACTORS_FAILED Unable to import factors", "twice@example.com: MFA_FACTORS_FAILED Unable to import factors"}, a.failures(job)); diff != "" {
		t.Error(diff)
	}
	a.obj("GET", "/api/v2/users/auth0%7Codd", nil, 200) // it is there, without the factors
	var kinds []string
	for _, m := range a.list("/api/v2/users/auth0%7Cf/authentication-methods") {
		kinds = append(kinds, m["type"].(string))
	}
	if diff := cmp.Diff([]string{"totp", "email", "phone"}, kinds); diff != "" {
		t.Error(diff)
	}
	b := newBrowser(t, s)
	p := b.get(authorizeURL(s, map[string]string{"acr_values": "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}))
	p = b.submit(p, map[string][]string{"username": {"f@example.com"}, "password": {"hello"}})
	code, err := localtenant.TOTP(secret, now.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p = b.submit(p, map[string][]string{"code": {code}}); !strings.Contains(p.location, "code=") {
		t.Errorf("%d %s", p.status, p.body)
	}
	a.startImport(`[{"email":"f@example.com","mfa_factors":[{"email":{"value":"f@example.net"}}]}]`, map[string]string{"upsert": "true"})
	if got := a.list("/api/v2/users/auth0%7Cf/authentication-methods"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
