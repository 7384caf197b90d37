package usher

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Codes of this client, beside those of the contract.
const (
	NoProblem  = "no-problem-document" // a proxy may have answered
	Unreadable = "unreadable-response"
)

// Problem is an error response of Usher (RFC 9457).
type Problem struct {
	Status     int           `json:"-"`
	Code       string        `json:"code"`
	Detail     string        `json:"detail"`
	RequestID  string        `json:"request_id"`
	Rule       string        `json:"rule"`
	Errors     []Fault       `json:"errors"`
	ReturnTo   string        `json:"return_to"`
	RetryAfter time.Duration `json:"-"` // 0 if the response does not say
}

// Fault is one of the inputs or steps that a problem names.
type Fault struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error is for the log and contains no personal data. It quotes the texts, because a proxy may
// have sent them.
func (p *Problem) Error() string {
	return fmt.Sprintf("Usher answered %d %.64q (request %.64q)", p.Status, p.Code, p.RequestID)
}

func problemOf(got Answer) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(got.Body, p); err != nil || p.Code == "" {
		p = &Problem{Code: NoProblem}
	}
	p.Status = got.Status
	if p.RequestID == "" {
		p.RequestID = got.RequestID
	}
	if seconds, err := strconv.Atoi(got.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.RetryAfter = time.Duration(min(seconds, 3600)) * time.Second
	}
	return p
}

// Is reports whether an error is a problem with this code.
func Is(err error, code string) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == code
}

// IsGone reports whether an error says that there is no such user.
func IsGone(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Status == http.StatusNotFound && p.Code == "user-not-found"
}
