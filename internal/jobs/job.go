package jobs

import (
	"encoding/json"
	"time"

	"usher/internal/api"
	"usher/internal/problem"
)

// Kind is the kind of a job, as in responses.
type Kind string

// All kinds.
const (
	Creations Kind = "user-creations"
	Imports   Kind = "user-imports"
	Updates   Kind = "user-updates"
	Deletions Kind = "user-deletions"
	Exports   Kind = "user-exports"
)

// Status is the status of a job.
type Status string

// The statuses of a job. The last four are final; results exist until the job expires.
const (
	Pending   Status = "pending"
	Running   Status = "running"
	Planned   Status = "planned" // a deletion that waits for its confirmation
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
	Expired   Status = "expired" // a plan without a confirmation in time
)

// Outcome is the status of one record.
type Outcome string

// The outcomes of a record.
const (
	RecordPending   Outcome = "pending"
	RecordPlanned   Outcome = "planned"
	RecordSucceeded Outcome = "succeeded"
	RecordFailed    Outcome = "failed"
	RecordSkipped   Outcome = "skipped"
	RecordUnknown   Outcome = "unknown"
)

// Counts is the number of records by outcome. They add up to Total, which is nil for an export until its end.
type Counts struct {
	Total     *int `json:"total"`
	Pending   int  `json:"pending"`
	Planned   int  `json:"planned"`
	Succeeded int  `json:"succeeded"`
	Failed    int  `json:"failed"`
	Skipped   int  `json:"skipped"`
	Unknown   int  `json:"unknown"`
}

// Record is one checked line of the input.
type Record struct {
	Index   int               `json:"i"`           // from 0
	Ref     string            `json:"r,omitempty"` // the caller's own ID for the record
	Body    json.RawMessage   `json:"b,omitempty"` // in the form of the kind's Check; nil for an invalid line
	Problem *problem.Document `json:"p,omitempty"` // what is wrong with an invalid line
}

// Result is the result of one record.
type Result struct {
	Index   int             `json:"index"`
	Ref     string          `json:"ref,omitempty"`
	Outcome Outcome         `json:"status"`
	UserID  string          `json:"user_id,omitempty"`
	User    json.RawMessage `json:"user,omitempty"` // exports only
	// Invitation is the link to set a created user's password, if the record asks for one. It is a credential.
	Invitation json.RawMessage   `json:"invitation,omitempty"`
	Problem    *problem.Document `json:"problem,omitempty"`

	// Note is for the kind's later steps, such as the state of a user when the deletion was planned. It
	// is stored, and never part of a response.
	Note json.RawMessage `json:"-"`
	// Begun is true for an open record that may have been carried out. If the job ends before its outcome is
	// known, the record is unknown instead of skipped.
	Begun bool `json:"-"`
}

// Manifest is what a job consists of. It is written once, sealed.
type Manifest struct {
	Format    int             `json:"format"` // a later version finishes the jobs of an earlier one
	ID        string          `json:"id"`
	Kind      Kind            `json:"kind"`
	Principal api.Principal   `json:"principal"` // who started it; IAM cannot be asked again
	Actor     string          `json:"actor,omitempty"`
	RequestID string          `json:"request_id"`        // of the start
	Options   json.RawMessage `json:"options,omitempty"` // the kind's
	Body      []byte          `json:"body,omitempty"`    // SHA-256 of the request's body
	Secret    []byte          `json:"secret"`            // random; keys of this job derive from it
	Input     string          `json:"input,omitempty"`   // a keyed hash of the body, below which the chunks are
	Chunks    []Chunk         `json:"chunks,omitempty"`
	Total     *int            `json:"total"`
	Place     string          `json:"place"` // the key of the front-end's place
	Created   time.Time       `json:"created"`
	Expires   time.Time       `json:"expires"`
}

// Chunk is a part of the input. Each one is an object.
type Chunk struct {
	Records int    `json:"records"`
	Invalid int    `json:"invalid"` // of these, the lines that failed their check
	Hash    []byte `json:"hash"`    // SHA-256 of the plain text
}
