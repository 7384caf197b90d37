package problem

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Error is a problem on its way to a client. Only Detail, Rule, Fields and
// RetryAfter ever leave the service; the cause is for logs and errors.Is.
type Error struct {
	Kind       Kind
	Detail     string        // what happened this time; safe for the client
	Rule       string        // which rule of the deployment's refused it; "" for none
	Fields     []Field       // which input, and what is wrong with it
	RetryAfter time.Duration // when to come back; 0 = not said
	forLog     string        // what the log gets in place of Detail; "" for Detail itself
	cause      error
}

// Field is one input and what is wrong with it.
type Field struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
	MadeUp bool   `json:"-"` // the client made the name up: it may be anything, and no log gets it
}

// New returns a problem of this kind.
func (k Kind) New(detail string, fields ...Field) *Error {
	return &Error{Kind: k, Detail: detail, Fields: fields}
}

// Wrap returns a problem of this kind that keeps its cause for the log.
func (k Kind) Wrap(cause error, detail string, fields ...Field) *Error {
	return &Error{Kind: k, Detail: detail, Fields: fields, cause: cause}
}

// Invalid is InvalidRequest for one field.
func Invalid(field, detail string) *Error {
	return invalid(Field{Field: field, Detail: detail})
}

func invalid(f Field) *Error {
	e := InvalidRequest.New(f.Field+": "+f.Detail, f)
	if f.MadeUp {
		e.forLog = f.Detail
	}
	return e
}

// InvalidFields is InvalidRequest for several fields, or nil for none.
func InvalidFields(fields []Field) error {
	switch len(fields) {
	case 0:
		return nil
	case 1:
		return invalid(fields[0])
	}
	return InvalidRequest.New(fmt.Sprintf("%d values are not valid.", len(fields)), fields...)
}

// Error is for logs: it holds the cause, so it must not reach a client.
func (e *Error) Error() string {
	text := e.Kind.Code + ": " + cmp.Or(e.forLog, e.Detail)
	if e.Rule != "" {
		text += " (rule " + e.Rule + ")"
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether err is, or wraps, a problem of this kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind.Code == kind.Code
}

// From returns the problem that err is or wraps. Any other error becomes an
// opaque Internal one: what the service did not foresee, it does not tell.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Internal.Wrap(err, "Something went wrong.")
}

// IsProblem reports whether err is, or wraps, a problem of any kind.
func IsProblem(err error) bool {
	var e *Error
	return errors.As(err, &e)
}
