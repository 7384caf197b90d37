package jobs

import "log/slog"

// Event is what the engine calls the worker with, and what the worker answers: the next event of the same
// run. It holds pointers and counts only, since the engine keeps it.
type Event struct {
	Job   string `json:"job"`
	Run   string `json:"run"`
	Leg   int    `json:"leg"`             // the number of earlier calls
	Close bool   `json:"close,omitempty"` // the worker failed for good: end the job
	Wait  int    `json:"wait"`            // seconds before the next call
	Done  bool   `json:"done"`            // the run has ended

	Pending   int `json:"pending"`
	Planned   int `json:"planned"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Unknown   int `json:"unknown"`
}

// LogValue returns the event for the log, without a malformed ID.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("job", loggedJob(e.Job)), slog.Int("leg", e.Leg), slog.Bool("close", e.Close))
}

// next returns the answer to an event.
func (e Event) next(c Counts, wait int, done bool) Event {
	return Event{
		Job: e.Job, Run: e.Run, Leg: e.Leg + 1, Wait: wait, Done: done,
		Pending: c.Pending, Planned: c.Planned, Succeeded: c.Succeeded, Failed: c.Failed, Skipped: c.Skipped, Unknown: c.Unknown,
	}
}

// Failure is the error of the worker. It has no details, since the engine keeps it: the log has them.
type Failure struct{}

// Error returns the same text for every failure.
func (Failure) Error() string { return "The worker failed. See its log for the cause." }
