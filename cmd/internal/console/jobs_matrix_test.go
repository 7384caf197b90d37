package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	bulkEmail   = "bulk@example.com"
	importEmail = "import@example.com"
	exportEmail = "export@example.com"
)

// newJobWorld has a person for each kind of jobs beside the others.
func newJobWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.addStaff("auth0|65e19a100000000000000051", bulkEmail, "Bea", "usher-bulk")
	w.addStaff("auth0|65e19a100000000000000052", importEmail, "Ian", "usher-import")
	w.addStaff("auth0|65e19a100000000000000053", exportEmail, "Eve", "usher-export")
	return w
}

// startable lists the kinds of jobs that each person may start, as docs/console.md has them.
var startable = map[string]string{
	auditorEmail: "", supportEmail: "", clerkEmail: "",
	bulkEmail: "user-creations", importEmail: "user-imports", exportEmail: "user-exports",
	adminEmail: "user-creations user-imports user-updates user-deletions user-exports",
}

// The files of each kind of jobs.
var jobFiles = map[string]string{
	"user-creations": "email\nnew@example.com\n", "user-imports": "email\nimported@example.com\n",
	"user-updates": "id,set.name\n" + customerID + ",Another\n", "user-deletions": "id\n" + customerID + "\n",
}

// startJob starts a job of a kind, and returns the path of its page when it has ended or is planned.
func (b *browser) startJob(kind string) string {
	b.Helper()
	var job page
	if kind == "user-exports" {
		job = b.post("/exports", url.Values{"key": {b.get("/new-job/" + kind).key("/exports")}, "connection": {"staff"}})
	} else {
		job = b.start(b.upload(kind, "x.csv", jobFiles[kind]))
	}
	return strings.TrimPrefix(b.ended(job).url, b.url)
}

// Every person tries to start every kind of job, and to see and change a job of an administrator, by direct
// requests. A refused one changes neither the job nor the tenant.
func TestJobMatrix(t *testing.T) {
	w := newJobWorld(t)
	admin, jobs := w.staff(adminEmail), map[string]string{}
	for kind := range strings.FieldsSeq(startable[adminEmail]) {
		jobs[kind] = admin.startJob(kind)
	}
	for person, kinds := range startable {
		b := w.staff(person)
		for kind, job := range jobs {
			t.Run(person+" "+kind, func(t *testing.T) {
				again := *w
				again.T = t
				b.world = &again
				b.tryKind(person, kind, job, has(kinds, kind))
			})
		}
	}
	b := w.staff(supportEmail)
	for kind, job := range jobs {
		for _, action := range []string{"cancel", "stop", "confirm", "erase"} {
			if p := b.post(job+"/"+action, url.Values{"number": {"1"}}); p.status != 403 {
				t.Errorf("%s %s: %d", kind, action, p.status)
			}
		}
		admin.get(job).lacks(t, "Cancelled", "are erased")
	}
	if w.user(customerID) == nil {
		t.Error("the user is deleted")
	}
}

// tryKind tests one cell of the matrix.
func (b *browser) tryKind(person, kind, job string, may bool) {
	b.Helper()
	// An import could have been one with upsert, so only its starter and those with every group see it.
	sees := may && (kind != "user-imports" || person == adminEmail)
	want := func(may bool) int {
		if may {
			return http.StatusOK
		}
		return http.StatusForbidden
	}
	check := func(what string, got page, status int) {
		b.Helper()
		if got.status != status {
			b.Errorf("%s: %d, want %d: %s", what, got.status, status, got.body)
		}
	}
	before := b.writes()
	list := b.get("/jobs")
	check("the list", list, want(startable[person] != ""))
	if strings.Contains(list.body, `href="`+job+`"`) != sees || strings.Contains(list.body, `href="/new-job/`+kind+`"`) != may {
		b.Errorf("the list has the wrong jobs: %s", list.body)
	}
	if home := b.get("/users"); strings.Contains(home.body, `href="/jobs"`) != (startable[person] != "") {
		b.Errorf("the menu has the wrong entries: %s", home.body)
	}
	check("the job", b.get(job), want(sees))
	check("the form", b.get("/new-job/"+kind), want(may))
	if kind == "user-exports" {
		check("the results", b.get(job+"/users"), want(person == adminEmail))
		check("a whole record", b.post("/exports", url.Values{"key": {"x"}, "user_id": {customerID}}), map[bool]int{true: 409, false: 403}[person == adminEmail])
		if !may {
			check("a start", b.post("/exports", url.Values{"key": {"x"}}), http.StatusForbidden)
		}
	} else {
		check("an upload", b.upload(kind, "x.csv", jobFiles[kind]), want(may))
		check("the lines", b.get(job+"/lines?status=failed"), want(sees))
	}
	if kind == "user-imports" {
		check("an upsert", b.upload(kind, "x.csv", jobFiles[kind], "upsert", "true"), want(person == adminEmail))
		if form := b.get("/new-job/" + kind); strings.Contains(form.body, "upsert") != (person == adminEmail) {
			b.Errorf("the form has the wrong options: %s", form.body)
		}
	}
	if b.writes() != before {
		b.Error("the tenant was changed")
	}
}

// A person with the group of a kind of jobs sees and ends those of colleagues.
func TestColleaguesJobs(t *testing.T) {
	w := newJobWorld(t)
	job := w.staff(adminEmail).startJob("user-creations")
	b := w.staff(bulkEmail)
	b.post(job+"/erase", nil).has(t, "are erased.")
	b.upload("user-creations", "x.csv", "email,app_metadata.plan\nx@example.com,gold\n").has(t, "&#34;app_metadata.plan&#34; is unknown")
	b.get("/new-job/user-creations").lacks(t, "app_metadata")
}

// Files belong to their session, and a person who has lost a role cannot start their jobs.
func TestForeignFiles(t *testing.T) {
	w := newJobWorld(t)
	b, other := w.staff(adminEmail), w.staff(adminEmail)
	preview := b.upload("user-updates", "x.csv", jobFiles["user-updates"])
	path := strings.TrimPrefix(preview.url, w.url)
	key := preview.key(path + "/start")
	for _, got := range []page{other.get(path), other.post(path+"/start", url.Values{"key": {key}}), other.post(path+"/forget", nil)} {
		if got.status != 404 {
			t.Errorf("another session: %d", got.status)
		}
	}
	w.manage("DELETE", "/api/v2/users/"+url.PathEscape(adminID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000004"}})
	bulk := slices.IndexFunc(w.list("/api/v2/roles"), func(role map[string]any) bool { return role["name"] == "usher-bulk" })
	id, _ := w.list("/api/v2/roles")[bulk]["id"].(string)
	w.giveRole(adminID, id)
	if got := b.post(path+"/start", url.Values{"key": {key}}); got.status != 404 || w.user(customerID)["name"] == "Another" {
		t.Errorf("without the role: %d", got.status)
	}
	b.get("/jobs").lacks(t, path)
	b.post("/sign-out", nil)
	b.signIn(adminEmail)
	if got := b.get(path); got.status != 404 {
		t.Errorf("after a sign-out: %d", got.status)
	}
}

// A list of jobs costs one call, a job's page two, and a preview none.
func TestCallsOfJobs(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	job := b.startJob("user-creations")
	file := strings.TrimPrefix(b.upload("user-creations", "x.csv", jobFiles["user-creations"]).url, w.url)
	for path, want := range map[string]int{"/jobs": 1, job: 2, job + "?status=failed": 2, file: 0, "/new-job/user-creations": 0} {
		before := strings.Count(w.audit.String(), "msg=request")
		b.get(path)
		if got := strings.Count(w.audit.String(), "msg=request") - before; got != want {
			t.Errorf("%s costs %d calls, not %d", path, got, want)
		}
	}
}
