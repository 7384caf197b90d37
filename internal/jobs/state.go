package jobs

import (
	"encoding/json"
	"time"

	"usher/internal/problem"
)

// state is what the worker writes about a job.
type state struct {
	Status   Status          `json:"status"` // Running or Planned
	Run      string          `json:"run"`    // the run that is or was in work
	Started  time.Time       `json:"started"`
	Seen     time.Time       `json:"seen"` // the start of the last call of the worker
	Planned  time.Time       `json:"planned,omitzero"`
	Position json.RawMessage `json:"position,omitempty"` // the kind's, in this run
	Stalls   int             `json:"stalls,omitempty"`   // failures of the whole work in a row
	Chunks   []tally         `json:"chunks,omitempty"`   // of the stored results
}

// planLife is how long a plan can be confirmed.
const planLife = 24 * time.Hour

// planExpires returns the time after which a plan cannot be confirmed.
func (st state) planExpires() time.Time { return st.Planned.Add(planLife) }

// decision is about the rest of a job. The first one wins.
type decision struct {
	Kind   Status    `json:"kind"`             // Running for a confirmed plan, Cancelled or Expired
	Delete int       `json:"delete,omitempty"` // the confirmed number
	At     time.Time `json:"at"`
}

// confirmed reports whether the plan was confirmed.
func (d *decision) confirmed() bool { return d != nil && d.Kind == Running }

// end is the end of a job. The first one stays.
type end struct {
	Status  Status            `json:"status"`
	Counts  Counts            `json:"counts"`
	Started time.Time         `json:"started,omitzero"`
	Planned time.Time         `json:"planned,omitzero"`
	At      time.Time         `json:"at"`
	Problem *problem.Document `json:"problem,omitempty"` // of the job
	Skipped *problem.Document `json:"skipped,omitempty"` // of the records that the job did not reach
	Unknown *problem.Document `json:"unknown,omitempty"` // of the records that were interrupted
	Chunks  []tally           `json:"chunks,omitempty"`
}

// marker is the content of an object that says everything by its existence.
type marker struct{}
