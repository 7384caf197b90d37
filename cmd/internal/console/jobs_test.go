package console_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// upload sends a file by the form of a kind of jobs. Further fields come before the file.
func (b *browser) upload(kind, name, content string, fields ...string) page {
	b.Helper()
	return b.send(b.uploadRequest(kind, name, content, fields...))
}

func (b *browser) uploadRequest(kind, name, content string, fields ...string) *http.Request {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields = append([]string{"csrf", b.csrf, "kind", kind}, fields...)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			b.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(file, content)
	}
	if err != nil || form.Close() != nil {
		b.Fatal(err)
	}
	r := b.request("POST", b.url+"/files", nil)
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// start sends the form of a preview, and returns the page that it leads to.
func (b *browser) start(preview page) page {
	b.Helper()
	path := strings.TrimPrefix(preview.url, b.url)
	if !strings.HasPrefix(path, "/files/") {
		b.Fatalf("%s is no preview: %d %s", preview.url, preview.status, preview.body)
	}
	return b.post(path+"/start", url.Values{"key": {preview.key(path + "/start")}})
}

// ended waits until a job no longer runs, and returns its page.
func (b *browser) ended(job page) page {
	b.Helper()
	path := strings.TrimPrefix(job.url, b.url)
	if !strings.HasPrefix(path, "/jobs/") {
		b.Fatalf("%s is no job: %d %s", job.url, job.status, job.body)
	}
	for b.Context().Err() == nil {
		if p := b.get(path); !strings.Contains(p.body, "data-reload=") {
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("the job does not end")
	return page{}
}

// Lines that fail come back in the form of the file, to be corrected and sent again.
func TestFailedLinesAreSentAgain(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	preview := b.upload("user-creations", "new users.csv", "\ufeffref;email;name;metadata.plan\r\n"+
		"1;lin@new.example;Lin;gold\r\n2;not an address;\"=HYPERLINK(\"\"x\"\")\";'+1\r\n\r\n3;ada@example.com;Ida;\"two\r\nlines; and more\"\r\n")
	preview.has(t, "3 records", `{&#34;email&#34;:&#34;lin@new.example&#34;`, "new users.csv", "Create the users")
	job := b.ended(b.start(preview))
	job.has(t, "Done, with problems", "3 of 3 records", "Failed (2)")
	if w.idOf("lin@new.example") == "" {
		t.Error("the tenant does not have the user")
	}
	path := strings.TrimPrefix(job.url, w.url)
	failed := b.get(path + "?status=failed")
	failed.has(t, "Download these lines", "user-exists", "invalid-request")
	failed.lacks(t, ">Lin<")
	down := b.get(path + "/lines?status=failed")
	if !strings.HasPrefix(down.header.Get("Content-Type"), "text/csv") || down.header.Get("Content-Disposition") != `attachment; filename="failed.csv"` {
		t.Errorf("%v", down.header)
	}
	down.has(t, "\ufeff\"ref\";\"email\";\"name\";\"metadata.plan\";\"problem\"\r\n", "\"2\";\"not an address\";\"'=HYPERLINK(\"\"x\"\")\";\"'+1\";\"", "\"3\";\"ada@example.com\";\"Ida\";\"two\r\nlines; and more\";\"")
	corrected := strings.NewReplacer("not an address", "max@new.example", "ada@example.com", "ida@new.example").Replace(down.body)
	again := b.ended(b.start(b.upload("user-creations", "failed.csv", corrected)))
	again.has(t, "2 of 2 records", "Succeeded (2)")
	if got := w.user(w.idOf("max@new.example")); got["name"] != `=HYPERLINK("x")` || fmt.Sprint(got["user_metadata"]) != "map[plan:+1]" {
		t.Errorf("the tenant has %v", got)
	}

	// After an hour the file is gone, and the download has what the results say.
	b.get("/jobs").has(t, "new users.csv")
	for range 5 {
		w.clock.Advance(13 * time.Minute)
		b.get("/jobs")
	}
	b.get("/jobs").lacks(t, "new users.csv")
	b.get(path+"?status=failed").has(t, "no longer has the uploaded file")
	b.get(path+"/lines?status=failed").has(t, "\"record\",\"ref\",\"user_id\",\"status\",\"problem\"\r\n\"2\",\"2\",\"\",\"failed\",")
	b.get(path+"/lines?status=succeeded").has(t, "There is no such download.")
}

// Every form of NDJSON comes back as NDJSON.
func TestNDJSON(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	preview := b.upload("user-creations", "x.json", `{"email":"lin@new.example","metadata":{"n":1.50},"problem":"old","password":"Correct-Horse-7"}`+"\n"+`{"email":"no"}`+"\n")
	preview.has(t, "NDJSON", "1.50", "(hidden)")
	preview.lacks(t, "Correct-Horse-7", "old")
	if got := preview.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the preview has Cache-Control: %s", got)
	}
	job := b.ended(b.start(preview))
	down := b.get(strings.TrimPrefix(job.url, w.url) + "/lines?status=failed")
	if !regexp.MustCompile(`^\{"email":"no","problem":"[^"]+\(invalid-request\)"\}\n$`).MatchString(down.body) {
		t.Errorf("%s", down.body)
	}
}

func TestDeletion(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	plan := b.ended(b.start(b.upload("user-deletions", "x.csv", "email\nada@example.com\nnobody@example.com\n")))
	path := strings.TrimPrefix(plan.url, w.url)
	plan.has(t, "Waits for a confirmation", "Planned (1)", "Type the number of users, 1, to confirm")
	b.post(path+"/confirm", url.Values{"number": {"2"}}).has(t, "nothing was deleted")
	if w.user(customerID) == nil {
		t.Error("the user is deleted without the right number")
	}
	b.post(path+"/confirm", url.Values{"number": {" 1 "}}).has(t, "The deletion of 1 user has begun.")
	b.ended(plan).has(t, "Succeeded (1)")
	if w.user(customerID) != nil {
		t.Error("the tenant still has the user")
	}
	b.post(path+"/confirm", url.Values{"number": {"1"}}).has(t, "has changed in the meantime")
	b.post(path+"/erase", nil).has(t, "are erased.", "The records and results of this job are erased.")

	dropped := b.ended(b.start(b.upload("user-deletions", "y.csv", "id\n"+supportID+"\n")))
	b.post(strings.TrimPrefix(dropped.url, w.url)+"/cancel", nil).has(t, "The job is cancelled.", "Skipped (1)")
	b.upload("user-deletions", "z.csv", "email,ref\n"+strings.ToUpper(adminEmail)+",1\n").has(t, "Line 2: The record is about your own account.")
	b.upload("user-deletions", "z.csv", "id\n"+adminID+"\n").has(t, "Line 2: The record is about your own account.")
	if w.user(supportID) == nil || w.user(adminID) == nil {
		t.Error("a user is deleted")
	}
}

// A colleague's plan that has the person's own account cannot be confirmed by the person.
func TestNobodyDeletesThemselves(t *testing.T) {
	w := newWorld(t)
	w.addStaff("auth0|65e19a100000000000000041", "ann@example.com", "Ann", "usher-admin")
	plan := w.staff("ann@example.com")
	job := plan.ended(plan.start(plan.upload("user-deletions", "x.csv", "id\n"+adminID+"\n")))
	p := w.staff(adminEmail)
	p.get("/jobs").has(t, "Delete users")
	if got := p.post(strings.TrimPrefix(job.url, w.url)+"/confirm", url.Values{"number": {"1"}}); got.status != 403 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if w.user(adminID) == nil {
		t.Error("the person is deleted")
	}
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.addStaff("auth0|65e19a100000000000000041", "ann@example.com", "Ann", "usher-admin")
	b, other := w.staff(adminEmail), w.staff("ann@example.com")
	form := b.get("/new-job/user-exports")
	key := form.key("/exports")
	job := b.ended(b.post("/exports", url.Values{"key": {key}, "connection": {"staff"}, "created_after": {"2020-01-01"}}))
	job.has(t, "Hedy Lamarr", "Download the users")
	path := strings.TrimPrefix(job.url, w.url)
	down := b.get(path + "/users")
	if got := strings.Count(down.body, "\n"); got != 5 || !strings.Contains(down.body, `"email":"hedy@example.com"`) {
		t.Errorf("%d lines: %s", got, down.body)
	}
	b.post("/exports", url.Values{"key": {key}}).has(t, "already sent")

	p := other.get(path)
	p.has(t, "Only the person who started this export", "5 of 5 records")
	p.lacks(t, "Hedy", "Download")
	if p := other.get(path + "/users"); p.status != 403 {
		t.Errorf("a colleague's download is %d", p.status)
	}
	whole := b.ended(b.post("/exports", url.Values{"key": {b.get("/new-job/user-exports").key("/exports")}, "user_id": {customerID}}))
	b.get(strings.TrimPrefix(whole.url, w.url)+"/users").has(t, `"mfa_methods"`, `"ada@example.com"`)
	b.post("/exports", url.Values{"key": {b.get("/new-job/user-exports").key("/exports")}, "email": {"no address"}}).has(t, "did not accept the input", `value="no address"`)
}

func TestImportAndUpdate(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	b.ended(b.start(b.upload("user-imports", "x.csv", "email,name,app_metadata.plan,email_verified\nada@example.com,Ada King,gold,TRUE\n", "upsert", "true"))).has(t, "Succeeded (1)")
	if got := w.user(customerID); got["name"] != "Ada King" || fmt.Sprint(got["app_metadata"]) != "map[plan:gold]" {
		t.Errorf("%v", got)
	}
	b.ended(b.start(b.upload("user-updates", "x.csv", "id,set.nickname,metadata.seats:json,blocked\n"+customerID+",ada,5,True\n"))).has(t, "Succeeded (1)")
	if got := w.user(customerID); got["nickname"] != "ada" || !w.isBlocked(customerID) || !strings.Contains(fmt.Sprint(got["user_metadata"]), "seats:5") {
		t.Errorf("%v", got)
	}
}

// A large file becomes several jobs. A start that fails in the middle is repeated without a second job.
func TestSeveralJobs(t *testing.T) {
	w, between := newRefusingWorld(t)
	b := w.staff(adminEmail)
	var file strings.Builder
	file.WriteString("id,ref,metadata.note\n")
	for i := range 6 {
		fmt.Fprintf(&file, "auth0|none,%d,%s\n", i, strings.Repeat("x", 900_000))
	}
	preview := b.upload("user-updates", "x.csv", file.String())
	preview.has(t, "This file becomes 2 jobs")
	path := strings.TrimPrefix(preview.url, w.url)
	for _, after := range []int{1, 0} {
		between.refuse("POST /user-updates", "too-many-jobs", after)
		b.start(preview).has(t, "1 of 2 jobs are started. Five jobs of the console have not ended", "Start the other 1 job")
	}
	between.refuse("", "", 0)
	b.start(preview).has(t, "2 jobs are started.")
	b.start(preview)
	p := b.get(path)
	p.lacks(t, path+"/start")
	jobs := b.get("/jobs")
	if got := strings.Count(jobs.body, `class="row job" href="/jobs/`); got != 2 {
		t.Errorf("there are %d jobs: %s", got, jobs.body)
	}
	ids := regexp.MustCompile(`href="(/jobs/[0-9a-f]+)"`).FindAllStringSubmatch(p.body, -1)
	if len(ids) != 2 {
		t.Fatal(p.body)
	}
	b.ended(page{url: w.url + ids[1][1]})
	down := b.get(ids[1][1] + "/lines?status=failed")
	down.has(t, `"auth0|none","4","xxx`, `"auth0|none","5","xxx`)
	down.lacks(t, `"auth0|none","3","xxx`)
	if p := b.post(path+"/start", url.Values{"key": {"another"}}); p.status != 409 {
		t.Errorf("another key: %d", p.status)
	}
	b.post(path+"/forget", nil).has(t, "The file is removed")
	if p := b.get(path); p.status != 404 {
		t.Errorf("the removed file: %d", p.status)
	}
}
