//go:build readme && chromium

package readme

import "testing"

// TestJobs walks through docs/jobs.md in one shell, in an empty folder.
func TestJobs(t *testing.T) {
	addr, tenant := startWithTenant(t)
	sh := startShell(t, addr, tenant, "cd '"+t.TempDir()+"'")
	ran := 0
	for _, e := range examplesOf(t, "../../docs/jobs.md") {
		printed := sh.run(t, e.command)
		if missing := shows(printed, e.shown); missing != "" {
			t.Fatalf("$ %s\nprinted\n%s\nbut the page shows\n%s", e.command, printed, missing)
		}
		ran++
	}
	if ran < 12 {
		t.Errorf("found only %d command lines", ran)
	}
}
