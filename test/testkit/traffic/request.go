package traffic

import (
	"fmt"
	"net/http"

	"usher/test/testkit/lambda"
)

// Request is a request that has to succeed if nothing fails.
type Request struct {
	Operation string // its ID in the contract, in lower case
	Method    string
	Target    string // the path with its query
	Header    http.Header
	Body      string

	Users   []string // the IDs of the users that it may change or delete
	Once    string   // the name that only one user may have after it; "" unless it creates a user
	Secrets []string // values that no log may have
	// Holds returns an error if the tenant does not have what a success of the request claims.
	Holds func(Answer) error
}

// Answer is the response to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Service answers a request without any fault.
type Service func(Request) (Answer, error)

// Event returns the event of a request.
func (r Request) Event() ([]byte, error) { return lambda.Event(r.Method, r.Target, r.Header, r.Body) }

// Parse returns the response in a function's answer.
func Parse(body []byte) (Answer, error) {
	got, err := lambda.Answer(body)
	return Answer{got.StatusCode, http.Header(got.MultiValueHeaders), got.Body}, err
}

// ask sends a request that has to succeed.
func (s Service) ask(r Request) (Answer, error) {
	got, err := s(r)
	if err == nil && got.Status >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %d %s", r.Method, r.Target, got.Status, got.Body)
	}
	return got, err
}
