package imports

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"usher/internal/problem"
)

// Timeout is the time after which the provider ends an import that is not complete.
const Timeout = 2 * time.Hour

// ErrPerhapsStarted is in the error of a start whose result is unknown: the import may run.
var ErrPerhapsStarted = errors.New("the provider may have started the import")

// Import is one import. Its file is limited to 500 KB by the provider.
type Import struct {
	ConnectionID string
	Upsert       bool // changes users who exist; otherwise they fail
	Users        []Planned
}

// Planned is a user of an import.
type Planned struct {
	User
	RecordID string          // the part of the user's ID that the service chooses; "" with Upsert
	Reserved json.RawMessage // see Existing
}

// Existing is the user who has an address before an upsert.
type Existing struct {
	UserID string
	// Reserved is the service's own data in app_metadata, which an upsert with app_metadata would remove.
	Reserved json.RawMessage
}

// Status is the status of an import.
type Status int

// The statuses of an import.
const (
	Runs      Status = iota
	Completed        // every user who is not among the failures is imported
	Broken           // the import failed as a whole: users who are not among the failures may be imported
	Gone             // the provider has deleted the import, as it does after a day
)

// Job is an import that was started.
type Job struct {
	Status Status
	Failed *int // the number of failed users; nil if unknown
}

// Failure is a user who was not imported. It has the identifiers that the provider repeats.
type Failure struct {
	UserID, Email, Username, PhoneNumber string
	Problem                              *problem.Error
}

// Provider imports users. All errors are problems.
type Provider interface {
	// Connection returns the ID of a database connection. It fails with invalid-request if there is none.
	Connection(ctx context.Context, name string) (id string, err error)
	// Existing returns the user of a connection who has an address; a zero one for none.
	Existing(ctx context.Context, connection, email string) (Existing, error)
	// Start starts an import and returns its ID. Its error contains ErrPerhapsStarted if the import may run.
	// Only two imports run at a time: another one fails with too-many-requests.
	Start(context.Context, Import) (id string, err error)
	// Job returns an import.
	Job(ctx context.Context, id string) (Job, error)
	// Failures returns the users whom an ended import did not import. It is empty if the provider does not
	// say which.
	Failures(ctx context.Context, id string) ([]Failure, error)
	// Exists reports whether the user with a record's ID exists.
	Exists(ctx context.Context, recordID string) (bool, error)
	// UserID returns the ID of the user with a record's ID.
	UserID(recordID string) string
}
