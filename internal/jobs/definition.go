package jobs

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"usher/internal/api"
)

// Definition defines a kind of job that is started with records.
type Definition struct {
	Kind Kind
	// NoInput is true for a kind without records in the request. Its Total is unknown until the end.
	NoInput bool
	// MaxRecords and MaxBytes limit a chunk of the input; 0 for 250 records and 512 KiB.
	MaxRecords, MaxBytes int
	// Options reads and checks the query of the request that starts a job. Its result is stored.
	// The same query must always give the same bytes.
	Options func(api.Call, url.Values) (json.RawMessage, error)
	// Check checks a line by the rules of the single operation. An error that is a problem makes the
	// line an invalid record; any other error fails the request. c is the starting front-end. The same
	// line must always give the same result. It is nil with NoInput.
	Check func(ctx context.Context, c api.Call, options json.RawMessage, line []byte) (Line, error)
	// Work carries the job out. It is nil in functions that only start jobs.
	Work Work
}

// Line is a checked line.
type Line struct {
	Ref  string
	Body json.RawMessage // what Work needs, canonical
	// Same has the keys by which two lines concern the same user, such as "id auth0|1" and "email
	// ada@example.com". A second line with one of them is duplicate-record.
	Same []string
}

// Work is the part of a kind that carries out its jobs. Run continues a job from its state until it
// is done, its time is up, or it has to wait. It can be interrupted anywhere and is then called again,
// also twice at once: repeated work must be harmless. After an error that MayPass the worker waits. With
// any other problem the job fails. Any other error is a failure of the service and is tried again.
type Work interface {
	Run(ctx context.Context, r Run) (Step, error)
}

// Step says how a job continues.
type Step struct {
	Done bool // all records have a result, or the job is cancelled and nothing is under way
	// Wait is the time before the next call; 0 for none. A cancelled job ends unless it waits.
	Wait time.Duration
}

// Run is what Work can do with its job.
type Run interface {
	Manifest() Manifest
	// Call returns the caller's permissions and the front-end's limits as they are now.
	Call() (api.Call, error)
	// Position returns the kind's own position, nil at the start, and SetPosition stores it.
	Position() json.RawMessage
	SetPosition(ctx context.Context, position any) error
	// Records returns a chunk of the input. It fails if the chunk does not verify.
	Records(ctx context.Context, chunk int) ([]Record, error)
	// Results returns the stored results of a chunk: none before the first SetResults.
	Results(ctx context.Context, chunk int) ([]Result, error)
	// SetResults stores the results of a chunk so far. Later counts and pages include them.
	SetResults(ctx context.Context, chunk int, results []Result) error
	// Finish deletes the input of a chunk, whose results are complete.
	Finish(ctx context.Context, chunk int) error
	// Stopped reports whether no further record may be begun: the job is cancelled, all jobs are
	// paused, or the time of this call is nearly up. It is checked between records.
	Stopped(ctx context.Context) (Stop, error)
	// Fail ends the job with a problem. Records without a result become skipped.
	Fail(ctx context.Context, problem error) error
	// Intent creates an object that says that something which must not be repeated is about to begin. It
	// returns what an earlier call stored, and false, if there is one. SetIntent replaces it.
	Intent(ctx context.Context, name string, value any) (earlier json.RawMessage, created bool, err error)
	SetIntent(ctx context.Context, name string, value any) error
	// Audit writes the audit line of one changed or refused user.
	Audit(ctx context.Context, change, userID string, err error)
	// Report logs an error of the service at one record.
	Report(ctx context.Context, index int, err error)
	// Key derives a value that is the same in every run of the job, such as the ID of a created user.
	Key(ctx context.Context, text string) (string, error)
	// Confirmed reports whether the plan of a deletion is confirmed.
	Confirmed() bool
	Now() time.Time
}

// Stop says why no further record may be begun.
type Stop string

// The reasons.
const (
	GoOn       Stop = ""
	OnCancel   Stop = "cancelled"
	OnPause    Stop = "paused"
	OnTimeOver Stop = "time" // of this call of Run
	OnExpiry   Stop = "expired"
)

// One carries out one record of a kind that has one user for each record. An error that is a problem
// is the record's result, unless a later attempt may succeed.
type One func(ctx context.Context, c api.Call, r Run, record Record, earlier Result) (Result, error)
