package web

import (
	"net/http"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/records"
	"usher/cmd/internal/console/usher"
)

// jobKind is a kind of job in the console.
type jobKind struct {
	Name   string // in the contract
	Title  string
	About  string
	Button string
	groups policy.Groups // that a person needs to start it

	records       records.Kind // none for an export
	changesOthers bool         // whether records are about existing users
}

// The kinds of jobs. Those that can change or delete staff need every group, because nobody reads the roles
// of each user in a job.
var jobKinds = []jobKind{
	{
		Name: "user-creations", Title: "Create users", Button: "Create the users", records: records.Creations,
		About:  "Each line is a new user. With invite = email, the provider mails a link to set a password.",
		groups: policy.Groups{policy.Bulk: true, policy.Manage: true},
	},
	{
		Name: "user-imports", Title: "Import users", Button: "Import the users", records: records.Imports,
		About:  "Each line is a user of another system. With password_hash, the user keeps the password.",
		groups: policy.Groups{policy.Import: true, policy.Manage: true},
	},
	{
		Name: "user-updates", Title: "Change users", Button: "Change the users", records: records.Updates, changesOthers: true,
		About:  "Each line names a user by id, with the new values: set.name, metadata.plan, blocked.",
		groups: policy.Everything(),
	},
	{
		Name: "user-deletions", Title: "Delete users", Button: "Plan the deletion", records: records.Deletions, changesOthers: true,
		About:  "Each line names a user by id or email. The job makes a plan, and deletes the users only after you confirm their number.",
		groups: policy.Everything(),
	},
	{
		Name: exports, Title: "Export users", Button: "Start the export",
		About:  "The job reads all users who match the filters, or the whole record of one user.",
		groups: policy.Groups{policy.Export: true, policy.Metadata: true, policy.AppMetadata: true},
	},
}

const (
	exports = "user-exports"
	imports = "user-imports"
)

// wholeRecord are the groups that the whole record of one user needs beside those of an export.
var wholeRecord = policy.Groups{policy.Identities: true, policy.MFA: true, policy.Sessions: true, policy.Roles: true, policy.Support: true}

func kindNamed(name string) (jobKind, bool) {
	for _, k := range jobKinds {
		if k.Name == name {
			return k, true
		}
	}
	return jobKind{}, false
}

func (p person) mayStart(k jobKind) bool { return p.Groups.HasAll(k.groups) }

// maySee reports whether a job is shown to a person, who then may also cancel it. The contract does not say
// whether an import updates existing users, so a colleague's import counts as one that does.
func (p person) maySee(j usher.Job) bool {
	k, known := kindNamed(j.Kind)
	if !known || !p.mayStart(k) {
		return false
	}
	return k.Name != imports || j.Actor == p.User.ID || p.Groups.HasAll(policy.Everything())
}

// maySeeResults reports whether a person sees the results of a job. Those of an export are users.
func (p person) maySeeResults(j usher.Job) bool {
	return p.maySee(j) && (j.Kind != exports || j.Actor == p.User.ID)
}

// JobKinds returns the kinds of jobs that a person may start.
func (p person) JobKinds() []jobKind {
	var all []jobKind
	for _, k := range jobKinds {
		if p.mayStart(k) {
			all = append(all, k)
		}
	}
	return all
}

// Upserts reports whether a person may start an import that updates existing users.
func (p person) Upserts() bool { return p.Groups.HasAll(policy.Everything()) }

// WholeRecords reports whether a person may export the whole record of one user.
func (p person) WholeRecords() bool { return p.Groups.HasAll(wholeRecord) }

// startsJobs answers persons who may start no job.
func (s *Site) startsJobs(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		if len(v.person.JobKinds()) == 0 {
			s.noJobs(w, r, v, "")
			return
		}
		h(w, r, v)
	}
}

// ofKind answers persons who may not start jobs of the kind in the path.
func (s *Site) ofKind(h func(w http.ResponseWriter, r *http.Request, v visit, k jobKind)) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		k, known := kindNamed(r.PathValue("kind"))
		if !known || !v.person.mayStart(k) {
			s.noJobs(w, r, v, k.Name)
			return
		}
		h(w, r, v, k)
	}
}

// noJobs refuses something with jobs.
func (s *Site) noJobs(w http.ResponseWriter, r *http.Request, v visit, what string) {
	s.Log.Warn("action refused", "action", "job", "kind", what, "actor", loggedID(v.person.User.ID))
	s.fail(w, r, http.StatusForbidden, notice{Text: "Your role does not let you do this with jobs. Nothing was done.", Cure: "Ask an administrator."})
}
