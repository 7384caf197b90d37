package localtenant

import (
	"maps"
	"net/http"
	"slices"

	"usher/localtenant/devpages"
)

// shownJob is an import as the page shows it.
type shownJob struct {
	ID, Status, Created string
	Record              map[string]any
}

func (t *Tenant) importsPage() devPage {
	return devPage{
		name: "imports", template: "imports", title: "Imports", group: "Change", text: "How jobs that import users run", data: t.importsData,
		forms: []devForm{t.settingsForm(devForm{name: "save", title: "Settings of imports"},
			devpages.Field{Name: "imports.per_job", Label: "Time per job", Hint: "How long a job is pending, such as 5s", Kind: devpages.Duration},
			devpages.Field{Name: "imports.per_user", Label: "Time per user", Hint: "How long each user then takes, such as 100ms", Kind: devpages.Duration},
			devpages.Field{Name: "imports.limit", Label: "Jobs at a time", Hint: "One more is refused with 429; 0 is no limit", Kind: devpages.Number},
			devpages.Field{Name: "imports.fail", Label: "Jobs that fail", Hint: "How many of the next jobs fail without errors and without a summary", Kind: devpages.Number},
			devpages.Field{Name: "imports.fail_after", Label: "Users before the failure", Hint: "How many users such a job still handles", Kind: devpages.Number},
		)},
	}
}

func (t *Tenant) importsData(r *http.Request) (any, error) {
	all := slices.SortedFunc(maps.Values(t.jobs), func(a, b *job) int { return b.CreatedAt.Compare(a.CreatedAt) })
	all = slices.DeleteFunc(all, func(j *job) bool { return j.Type != importJobType || !t.now().Before(j.CreatedAt.Add(jobTTL)) })
	list, pager := devpages.Paginate(all, r.URL.Query())
	var jobs []shownJob
	for _, j := range list {
		record := j.document()
		if j.errors != nil {
			record["errors"] = j.errors
		}
		jobs = append(jobs, shownJob{j.ID, j.status, j.CreatedAt.Format(shownTime), record})
	}
	return struct {
		Jobs  []shownJob
		Pager devpages.Pager
	}{jobs, pager}, nil
}
