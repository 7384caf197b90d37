//go:build chromium

package console_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// uploads fills the form of a kind of jobs with a file.
func (b chrome) uploads(kind, name, content string) {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Open(b.w.url + "/jobs")
	b.Click(`a[href="/new-job/` + kind + `"]`)
	b.Sees("Upload and check")
	b.Do(chromedp.SetUploadFiles("#file", []string{path}))
	b.Click(`form[action="/files"] button[type=submit]`)
}

// downloads clicks a link, and returns the file that arrives.
func (b chrome) downloads(link, name string) string {
	b.Helper()
	folder := b.TempDir()
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
			Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
		})
		return err
	}))
	b.Click(link)
	for b.Context.Err() == nil {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err == nil {
			return string(text)
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatalf("%s does not arrive", name)
	return ""
}

// A file of 2,000 lines: the browser shows the progress without a click, 3 bad lines come back, and are
// corrected and run again.
func TestJobOfManyLines(t *testing.T) {
	w := newWorld(t)
	b := w.chromium()
	b.signIn(adminEmail)
	var file strings.Builder
	file.WriteString("ref,email,name,metadata.plan\n")
	for i := range 2000 {
		address := fmt.Sprintf("many%d@new.example", i)
		if i == 7 || i == 1000 || i == 1999 {
			address = fmt.Sprintf("bad %d", i)
		}
		fmt.Fprintf(&file, "%d,%s,=Many %d,gold\n", i, address, i)
	}
	b.uploads("user-imports", "many.csv", file.String())
	b.Sees("2000 records")
	b.submit("/start")
	b.Read(`document.querySelector("[data-reload]") && document.querySelector("progress") ? "progress" : ""`)
	b.Sees("Done, with problems")
	b.Click(`.tabs a[href$="status=failed"]`)
	b.Sees("1000")
	down := b.downloads(`a[href*="/lines?"]`, "failed.csv")
	if strings.Count(down, "\r\n") != 4 || !strings.Contains(down, `"1999","bad 1999","'=Many 1999","gold","`) {
		t.Fatalf("%s", down)
	}
	for _, i := range []int{7, 1000, 1999} {
		down = strings.ReplaceAll(down, fmt.Sprintf(`"bad %d"`, i), fmt.Sprintf(`"good%d@new.example"`, i))
	}
	b.uploads("user-imports", "failed.csv", down)
	b.Sees("3 records")
	b.submit("/start")
	b.reloadUntil("3 of 3 records")
	if got := w.user(w.idOf("good1999@new.example")); got["name"] != "=Many 1999" {
		t.Errorf("the tenant has %v", got)
	}
}

// A deletion is a plan first, and an export a download: here without JavaScript, where a link shows the progress.
func TestDeleteAndExport(t *testing.T) {
	w := newWorld(t)
	b := w.chromium()
	b.noScripts()
	b.signIn(adminEmail)
	b.uploads("user-deletions", "leavers.csv", "email\n"+customerEmail+"\n")
	b.Sees("1 record")
	b.submit("/start")
	b.reloadUntil("Waits for a confirmation")
	b.Fill("number", "1")
	b.submit("/confirm")
	b.Sees("The deletion of 1 user has begun.")
	b.reloadUntil("Done")
	if w.user(customerID) != nil {
		t.Error("the tenant still has the user")
	}
	b.open("/erase")
	b.submit("/erase")
	b.Sees("The records and results of the job are erased.")

	b.Click(`header a[href="/jobs"]`)
	b.Click(`a[href="/new-job/user-exports"]`)
	b.Fill("connection", "staff")
	b.Click(`form[action="/exports"] button[type=submit]`)
	b.Sees("Only you can see its results.")
	b.reloadUntil("Download the users")
	if down := b.downloads(`a[href$="/users"][download]`, "users.ndjson"); strings.Count(down, "\n") != 4 || !strings.Contains(down, supportEmail) {
		t.Errorf("%s", down)
	}
	b.uploads("user-deletions", "more.csv", "id\n"+supportID+"\n")
	b.submit("/start")
	b.reloadUntil("Waits for a confirmation")
	b.open("/cancel")
	b.submit("/cancel")
	b.Sees("The job is cancelled.")
	if w.user(supportID) == nil {
		t.Error("the cancelled plan was carried out")
	}
}

// reloadUntil follows the link that loads a job again, until its page has a text.
func (b chrome) reloadUntil(text string) {
	b.Helper()
	b.Sees("Progress")
	for b.Read(`document.querySelector("[data-reload]") ? "runs" : "does not"`) == "runs" {
		b.Click(`[data-reload] a.button`)
		b.Sees("Progress")
	}
	b.Sees(text)
}
