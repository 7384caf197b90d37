//go:build chromium

package console_test

import (
	"fmt"
	"strings"
	"testing"
)

// Each kind of page about jobs fits the screens and is accessible, and so is the page after a sign-out.
func TestJobPagesFit(t *testing.T) {
	w, between := newRefusingWorld(t)
	b := w.chromium()
	b.signIn(adminEmail)
	b.uploads("user-creations", "faulty.csv", "email,email_verified\nx@new.example,perhaps\ny@new.example,yes\n")
	b.Sees("The file has faults")
	b.pictures("newjob")
	var file strings.Builder
	file.WriteString("ref,email,name,metadata.plan,password\n")
	for i, name := range []string{"Mary Jackson", "Annie Easley", "Joan Clarke", "Radia Perlman", "Karen Jones", "Frances Allen", "Jean Bartik"} {
		address := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com"
		if i == 2 {
			address = "joan.clarke"
		}
		if i == 4 {
			address = customerEmail
		}
		fmt.Fprintf(&file, "%d,%s,%s,gold,Correct-Horse-%d\n", 1001+i, address, name, i)
	}
	b.uploads("user-creations", "new colleagues.csv", file.String())
	b.Sees("7 records")
	b.pictures("file")
	b.submit("/start")
	b.reloadUntil("Done, with problems")
	b.Click(`.tabs a[href$="status=failed"]`)
	b.Sees("Download these lines")
	b.pictures("job")
	b.uploads("user-deletions", "leavers.csv", "email\n"+customerEmail+"\nnobody@example.com\n")
	b.submit("/start")
	b.reloadUntil("Waits for a confirmation")
	b.pictures("plan")
	b.Click(`header a[href="/jobs"]`)
	b.Sees("Your files")
	b.pictures("jobs")
	b.Open(w.url + "/new-job/user-exports")
	b.pictures("newexport")
	between.refuse("GET /logout", keepPage, 0)
	b.Click(`.me summary`)
	b.submit("/sign-out")
	b.Sees("Your browser now also signs out")
	b.pictures("signed-out")
}
