package localtenant_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"usher/localtenant/tenanttest"
)

func TestImport(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	hash, err := bcrypt.GenerateFromPassword([]byte("from-elsewhere"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	const conn = "con_Local0000000001x"
	start := func(users string, extra map[string]string, want int) map[string]any {
		t.Helper()
		form := multipartForm{"connection_id": conn, "users": users}
		for k, v := range extra {
			form[k] = v
		}
		if users == "" {
			delete(form, "users")
		}
		return a.obj("POST", "/api/v2/jobs/users-imports", form, want)
	}
	users := fmt.Sprintf(`[{"email":"new@example.com","password_hash":%q,"app_metadata":{"a":1}},
		{"email":"ada@example.com","name":"Ada II"},{"mail":"x"},{"name":"nobody"},{"email":"NEW@example.com"}]`, hash)
	j := start(users, map[string]string{"external_id": "e1"}, 202)
	if j["status"] != "pending" || j["type"] != "users_import" || j["connection_id"] != conn || j["external_id"] != "e1" {
		t.Errorf("job %v", j)
	}
	path := "/api/v2/jobs/" + j["id"].(string)
	done := a.obj("GET", path, nil, 200)
	if diff := cmp.Diff(map[string]any{"failed": 4.0, "updated": 0.0, "inserted": 1.0, "total": 5.0}, done["summary"]); done["status"] != "completed" || diff != "" {
		t.Errorf("job %v", done)
	}
	var codes []string
	for _, e := range a.list(path + "/errors") {
		codes = append(codes, e["errors"].([]any)[0].(map[string]any)["code"].(string))
	}
	if diff := cmp.Diff([]string{"DUPLICATED_USER", "INVALID_FORMAT", "OBJECT_REQUIRED", "DUPLICATED_USER"}, codes); diff != "" {
		t.Error(diff)
	}
	if q := newBrowser(t, s).signIn(s, "new@example.com", "from-elsewhere", nil); q.Get("code") == "" {
		t.Errorf("the imported password does not sign in: %v", q)
	}
	j = start(`[{"email":"ada@example.com","email_verified":true,"app_metadata":{"b":2}}]`, map[string]string{"upsert": "true"}, 202)
	if got := a.obj("GET", "/api/v2/jobs/"+j["id"].(string), nil, 200)["summary"].(map[string]any); got["updated"] != 1.0 {
		t.Errorf("summary %v", got)
	}
	ada := a.list("/api/v2/users-by-email?email=ada@example.com")[0]
	if diff := cmp.Diff(map[string]any{"b": 2.0}, ada["app_metadata"]); diff != "" || ada["name"] != "Ada Lovelace" {
		t.Errorf("an upsert overwrites metadata and leaves the rest: %v", ada)
	}
	j = start(`{`, nil, 202)
	if got := a.obj("GET", "/api/v2/jobs/"+j["id"].(string), nil, 200); got["status"] != "failed" {
		t.Errorf("job %v", got)
	}
	start("", nil, 400)
	start("[]", map[string]string{"connection_id": "con_none000000000000"}, 400)
	start("[]", map[string]string{"connection_id": "con_Local0000000003x"}, 400)
	start("["+strings.Repeat(" ", 500<<10)+"]", nil, 413)
}
