package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/test/testkit"
)

func usersFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsersFromAFile(t *testing.T) {
	addr := testkit.FreeAddr(t)
	out, _ := start(t, "-addr", addr, "-tenant-addr", testkit.FreeAddr(t), "-users", usersFile(t, `[{"user_id":"7","email":"zoe@example.com","password":"Str0ng-Enough"}]`))
	status, body := get(t, addr, "/users", addr)
	if status != 200 || !strings.Contains(body, "zoe@example.com") || strings.Contains(body, "ada@example.com") {
		t.Errorf("%d %s", status, body)
	}
	if strings.Contains(out.String(), "ada@example.com") {
		t.Errorf("the output mentions a user that does not exist: %s", out)
	}
}

func TestInvalidUsersFiles(t *testing.T) {
	for name, path := range map[string]string{
		"missing":       filepath.Join(t.TempDir(), "none.json"),
		"broken":        usersFile(t, `[{"email":`),
		"unknown field": usersFile(t, `[{"mail":"zoe@example.com"}]`),
		"twice":         usersFile(t, `[{"email":"zoe@example.com"},{"email":"zoe@example.com"}]`),
	} {
		if err := realMain(t.Context(), []string{"-addr", testkit.FreeAddr(t), "-users", path}, noEnv, &testkit.Buffer{}); err == nil || !strings.Contains(err.Error(), path) && name != "missing" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := realMain(t.Context(), []string{"-env", "x", "-users", "y"}, noEnv, &testkit.Buffer{}); err == nil || !strings.Contains(err.Error(), "-users") {
		t.Errorf("with -env: %v", err)
	}
}
