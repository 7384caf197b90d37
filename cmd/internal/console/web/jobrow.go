package web

import "usher/cmd/internal/console/usher"

// jobRow is a job with words for it.
type jobRow struct {
	usher.Job
	Mine bool
}

func (p person) row(j usher.Job) jobRow { return jobRow{j, j.Actor == p.User.ID} }

// Title returns the kind in words.
func (j jobRow) Title() string {
	if k, known := kindNamed(j.Kind); known {
		return k.Title
	}
	return "A job"
}

// jobStates are the statuses of jobs and records in words, with the kinds of their badges.
var jobStates = map[string]happening{
	"pending": {"Waiting", ""}, "running": {"Running", ""}, "planned": {"Planned", "warn"}, "succeeded": {"Succeeded", "good"},
	"failed": {"Failed", "bad"}, "cancelled": {"Cancelled", "warn"}, "expired": {"Expired", "warn"}, "skipped": {"Skipped", "warn"}, "unknown": {"Unknown", "warn"},
}

func jobState(status string) happening {
	if known, ok := jobStates[status]; ok {
		return known
	}
	return happening{Text: "Another state"}
}

// State returns the status of the job in words.
func (j jobRow) State() happening {
	switch {
	case j.Status == "planned":
		return happening{"Waits for a confirmation", "warn"}
	case j.Status == "succeeded" && j.Failed+j.Unknown > 0:
		return happening{"Done, with problems", "warn"}
	case j.Status == "succeeded":
		return happening{"Done", "good"}
	}
	return jobState(j.Status)
}

// All returns the number of records so far.
func (j jobRow) All() int {
	if j.Total != nil {
		return *j.Total
	}
	return j.Pending + j.Planned + j.Succeeded + j.Failed + j.Skipped + j.Unknown
}

// Done returns the number of processed records. After the confirmation of a deletion, planned users remain.
func (j jobRow) Done() int {
	done := j.All() - j.Pending
	if j.Confirmed() {
		done -= j.Planned
	}
	return done
}

// Runs reports whether the job continues without a person.
func (j jobRow) Runs() bool { return j.Status == "pending" || j.Status == "running" }

// Ended reports whether the job has ended.
func (j jobRow) Ended() bool { return !j.Runs() && j.Status != "planned" }

// Confirmed reports whether the job is a confirmed deletion under way.
func (j jobRow) Confirmed() bool { return j.Runs() && !j.PlannedAt.IsZero() }

// count is a number of records with a status.
type count struct {
	Status string
	State  happening
	Number int
}

// Counts returns the numbers of records by status, without zeros.
func (j jobRow) Counts() []count {
	var all []count
	for _, c := range []struct {
		status string
		number int
	}{{"pending", j.Pending}, {"planned", j.Planned}, {"succeeded", j.Succeeded}, {"failed", j.Failed}, {"skipped", j.Skipped}, {"unknown", j.Unknown}} {
		if c.number > 0 {
			all = append(all, count{c.status, jobState(c.status), c.number})
		}
	}
	return all
}
