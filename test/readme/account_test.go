//go:build readme && chromium

package readme

import "testing"

// TestAccount walks through docs/account.md in one shell, with a person at a
// real browser where a page has to be answered.
func TestAccount(t *testing.T) {
	addr, tenant := startWithTenant(t)
	zoe := newPerson(t)
	zoe.email, zoe.password, zoe.social = "zoe@example.com", "Correct-Horse-8", "zoe@users.noreply.github.example"
	sh := startShell(t, addr, tenant, zoe.serve())
	ran := 0
	for _, e := range examplesOf(t, "../../docs/account.md") {
		if e.section == "A new address, verified" {
			zoe.email = "zoe.new@example.com"
		}
		printed := sh.run(t, e.command)
		if missing := shows(printed, e.shown); missing != "" {
			t.Fatalf("$ %s\nprinted\n%s\nbut the page shows\n%s", e.command, printed, missing)
		}
		ran++
	}
	if ran < 30 {
		t.Errorf("found only %d command lines", ran)
	}
}
