package usher

import (
	"encoding/json"
	"time"
)

// Job is a job, with the number of its records by status.
type Job struct {
	ID            string    `json:"id"`
	Kind          string    `json:"kind"`
	Status        string    `json:"status"`
	Total         *int      `json:"total"` // nil for an export until its end
	Pending       int       `json:"pending"`
	Planned       int       `json:"planned"`
	Succeeded     int       `json:"succeeded"`
	Failed        int       `json:"failed"`
	Skipped       int       `json:"skipped"`
	Unknown       int       `json:"unknown"`
	CreatedAt     time.Time `json:"created_at"`
	PlannedAt     time.Time `json:"planned_at"` // of a deletion, when its plan was complete
	PlanExpiresAt time.Time `json:"plan_expires_at"`
	EndedAt       time.Time `json:"ended_at"`
	ExpiresAt     time.Time `json:"expires_at"`
	Actor         string    `json:"actor"`
	Problem       *Problem  `json:"problem"`
}

// Jobs is a page of GET /jobs.
type Jobs struct {
	Jobs []Job  `json:"jobs"`
	Next string `json:"next"`
}

// Result is the result of a record.
type Result struct {
	Index   int             `json:"index"`
	Ref     string          `json:"ref"`
	Status  string          `json:"status"`
	UserID  string          `json:"user_id"`
	User    json.RawMessage `json:"user"` // only of an export
	Problem *Problem        `json:"problem"`
}

// Results is a page of GET /jobs/{id}/results.
type Results struct {
	Results []Result `json:"results"`
	Next    string   `json:"next"`
}
