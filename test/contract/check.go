package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	fault "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/orderedmap"

	"usher/internal/problem"
)

// Check lists all differences from the contract in the response and its request. It leaves both
// bodies readable.
//
// A request that was refused as a bad one may be anything. Every other request must be as the
// contract says: the service takes nothing undeclared.
func (c *Contract) Check(request *http.Request, response *http.Response) error {
	op, found := c.Find(request.Method, request.URL.EscapedPath())
	if !found {
		op = c.unrouted
	}
	code, err := c.checkResponse(op, request, response)
	errs := []error{err}
	if isGatewayOnly(code) {
		errs = append(errs, fmt.Errorf("code %s is the gateway's, not the service's", code))
	}
	if found && !blamesRequest(response.StatusCode, code) {
		errs = append(errs, c.checkRequest(op, request))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s %s (%s) breaks the contract:\n%w", request.Method, request.URL.EscapedPath(), op.ID, err)
	}
	return nil
}

// CheckGateway is Check for the API gateway's own responses.
func (c *Contract) CheckGateway(response *http.Response) error {
	request := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: c.gateway.Path}}
	_, err := c.checkResponse(c.gateway, request, response)
	return err
}

func (c *Contract) checkResponse(op Operation, r *http.Request, response *http.Response) (code string, err error) {
	body, err := rewind(&response.Body)
	if err != nil {
		return "", fmt.Errorf("read the response: %w", err)
	}
	code, err = checkProblem(response, body)
	// The validator looks the operation up by the method, and closes the body.
	asked, answered := r.Clone(r.Context()), *response
	asked.Method, answered.Body = op.Method, io.NopCloser(bytes.NewReader(body))
	bodies := c.validator.GetResponseBodyValidator()
	_, faults := bodies.ValidateResponseBodyWithPathItem(asked, &answered, op.item, op.Path)
	errs := []error{err, joined("response", faults)}
	declared := op.operation.Responses.Codes.GetOrZero(fmt.Sprint(response.StatusCode))
	if declared == nil { // the validator takes the default response
		return code, errors.Join(append(errs, fmt.Errorf("response: status %d is not declared", response.StatusCode))...)
	}
	switch hasContent := orderedmap.Len(declared.Content) > 0; {
	case hasContent && len(body) == 0: // the validator lets it pass
		errs = append(errs, fmt.Errorf("response: status %d has a body, but none came", response.StatusCode))
	case !hasContent && (len(body) > 0 || response.Header.Get("Content-Type") != ""):
		errs = append(errs, fmt.Errorf("response: status %d has no body, but %q came", response.StatusCode, body))
	}
	return code, errors.Join(append(errs, checkHeaders(response.Header, declared))...)
}

// mergePatch is the other media type of a PATCH. The contract declares application/json only, and
// names this one in its description, so that generated clients have one method for each PATCH.
const mergePatch = "application/merge-patch+json"

// records is the media type of the records of a job. The contract declares a body of bytes, since the service
// checks each line and refuses none of them.
const records = "application/x-ndjson"

func (c *Contract) checkRequest(op Operation, request *http.Request) error {
	sent, err := rewind(&request.Body)
	if err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	checked := request
	if request.Method == http.MethodPatch && strings.HasPrefix(request.Header.Get("Content-Type"), mergePatch) {
		checked = request.Clone(request.Context())
		checked.Header.Set("Content-Type", "application/json")
	}
	if strings.HasPrefix(request.Header.Get("Content-Type"), records) { // the validator would decode the lines as one JSON value
		checked = request.Clone(request.Context())
		checked.Body = io.NopCloser(strings.NewReader(`"records"`))
	}
	_, faults := c.validator.ValidateHttpRequestSyncWithPathItem(checked, op.item, op.Path)
	if sent != nil {
		request.Body = io.NopCloser(bytes.NewReader(sent))
	}
	return errors.Join(joined("request", faults), op.checkQueryNames(request))
}

// checkQueryNames finds undeclared parameters, which the validator ignores.
func (op Operation) checkQueryNames(request *http.Request) error {
	var errs []error
	for name := range request.URL.Query() {
		if !op.otherParameters && !slices.Contains(op.Parameters("query"), name) {
			errs = append(errs, fmt.Errorf("request: parameter %s is not declared", name))
		}
	}
	return errors.Join(errs...)
}

// blamesRequest reports whether the response says that the request itself is
// wrong, as opposed to one that could not be served.
func blamesRequest(status int, code string) bool {
	blaming := []int{
		http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
	}
	codes := []string{problem.NotAuthenticated.Code, problem.Unauthorized.Code}
	return slices.Contains(blaming, status) || slices.Contains(codes, code)
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
