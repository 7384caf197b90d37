package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	fault "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/orderedmap"

	"usher/internal/problem"
)

// Check tells all in which the response, and the request that it answers,
// differ from the contract. It reads both bodies and leaves them to be read
// again.
//
// A request that was refused as a bad one may be anything. Every other request
// must be as the contract says: the service takes nothing undeclared.
func (c *Contract) Check(request *http.Request, response *http.Response) error {
	op, found := c.find(request.Method, request.URL.EscapedPath())
	if !found {
		op = c.unrouted
	}
	body, err := rewind(&response.Body)
	if err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	code, err := checkProblem(response, body)
	errs := []error{err, c.checkResponse(op, request, response, body)}
	if isGatewayOnly(code) {
		errs = append(errs, fmt.Errorf("code %s is the gateway's, not the service's", code))
	}
	if found && !blamesRequest(response.StatusCode, code) {
		errs = append(errs, c.checkRequest(op, request))
	}
	return named(op, request, errors.Join(errs...))
}

// CheckGateway is Check for what the API gateway answers by itself.
func (c *Contract) CheckGateway(response *http.Response) error {
	body, err := rewind(&response.Body)
	if err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	request := &http.Request{Method: http.MethodGet, URL: pathURL(c.gateway.Path)}
	_, err = checkProblem(response, body)
	return errors.Join(err, c.checkResponse(c.gateway, request, response, body))
}

func (c *Contract) checkResponse(op Operation, request *http.Request, response *http.Response, body []byte) error {
	// The validator looks the operation up by the method; what is declared for
	// no operation stands under GET.
	asked := request.Clone(request.Context())
	asked.Method = op.Method
	// It leaves the body closed or replaced, so it gets one of its own.
	answered := *response
	answered.Body = io.NopCloser(bytes.NewReader(body))
	_, faults := c.validator.GetResponseBodyValidator().ValidateResponseBodyWithPathItem(asked, &answered, op.item, op.Path)
	errs := []error{joined("response", faults)}
	declared := op.operation.Responses.Codes.GetOrZero(fmt.Sprint(response.StatusCode))
	if declared == nil {
		return errors.Join(errs...) // told already
	}
	switch hasContent := orderedmap.Len(declared.Content) > 0; {
	case hasContent && len(body) == 0: // the validator lets it pass
		errs = append(errs, fmt.Errorf("response: status %d has a body in the contract, but none came", response.StatusCode))
	case !hasContent && (len(body) > 0 || response.Header.Get("Content-Type") != ""):
		errs = append(errs, fmt.Errorf("response: status %d has no body in the contract, but %q came", response.StatusCode, body))
	}
	return errors.Join(append(errs, checkHeaders(response.Header, declared))...)
}

func (c *Contract) checkRequest(op Operation, request *http.Request) error {
	if _, err := rewind(&request.Body); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	_, faults := c.validator.ValidateHttpRequestSyncWithPathItem(request, op.item, op.Path)
	return errors.Join(joined("request", faults), op.checkQueryNames(request))
}

// checkQueryNames does what the validator does not: it finds parameters that
// are not declared.
func (op Operation) checkQueryNames(request *http.Request) error {
	if op.otherParameters {
		return nil
	}
	declared := map[string]bool{}
	for _, p := range op.operation.Parameters {
		declared[p.Name] = p.In == "query"
	}
	var errs []error
	for name := range request.URL.Query() {
		if !declared[name] {
			errs = append(errs, fmt.Errorf("request: parameter %s is not declared", name))
		}
	}
	return errors.Join(errs...)
}

// blamesRequest reports whether the response says that the request itself is
// wrong, as opposed to one that could not be served.
func blamesRequest(status int, code string) bool {
	switch status {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return true
	}
	return code == problem.NotAuthenticated.Code || code == problem.Unauthorized.Code
}

func named(op Operation, request *http.Request, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s (%s) breaks the contract:\n%w", request.Method, request.URL.EscapedPath(), op.ID, err)
}

func joined(what string, faults []*fault.ValidationError) error {
	var errs []error
	for _, f := range faults {
		text := f.Message + ": " + f.Reason
		for _, s := range f.SchemaValidationErrors {
			text += "\n\t" + strings.Join(s.InstancePath, ".") + ": " + s.Reason
		}
		errs = append(errs, fmt.Errorf("%s: %s", what, text))
	}
	return errors.Join(errs...)
}

// rewind reads a body, and puts it back to be read again. http.NoBody stays
// what it is, since a transport sends any other empty body in chunks.
func rewind(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	text, err := io.ReadAll(*body)
	_ = (*body).Close()
	*body = io.NopCloser(bytes.NewReader(text))
	return text, err
}
