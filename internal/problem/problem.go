package problem

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Error is a problem. The client receives only Detail, Rule, Fields and RetryAfter; the
// cause is for logs and errors.Is.
type Error struct {
	Kind       Kind
	Detail     string        // what happened in this request; safe for the client
	Rule       string        // the rule of the deployment that refused the request; "" for none
	Fields     []Field       // the invalid inputs
	RetryAfter time.Duration // how long the client should wait; 0 if unknown
	forLog     string        // replaces Detail in the log; "" for Detail itself
	cause      error
}

// Field is an input and what is wrong with it.
type Field struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
	MadeUp bool   `json:"-"` // the client chose the name, so it is not logged
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

// Error returns a text for the log. It contains the cause, so it must not reach a client.
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
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind.Code == kind.Code
}

// From returns the problem that err is or wraps. Any other error becomes an Internal
// problem that hides its text from the client.
func From(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Internal.Wrap(err, "Something went wrong.")
}

// IsProblem reports whether err is, or wraps, a problem of any kind.
func IsProblem(err error) bool {
	_, ok := errors.AsType[*Error](err)
	return ok
}
