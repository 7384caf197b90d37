package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"usher/internal/problem"
)

// checkProblem holds a problem document to what no schema can say: that its
// members agree with one another, with the status and with the request id.
func checkProblem(response *http.Response, body []byte) (code string, err error) {
	isProblem := strings.HasPrefix(response.Header.Get("Content-Type"), problem.ContentType)
	if !isProblem {
		if response.StatusCode >= http.StatusBadRequest {
			return "", fmt.Errorf("response: status %d without a problem document", response.StatusCode)
		}
		return "", nil
	}
	var doc problem.Document
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", fmt.Errorf("response: the problem document: %w", err)
	}
	var errs []error
	agree := func(what string, got, want any) {
		if got != want {
			errs = append(errs, fmt.Errorf("response: the problem's %s is %v, not %v", what, got, want))
		}
	}
	agree("type", doc.Type, problem.URN+doc.Code)
	agree("status", doc.Status, response.StatusCode)
	agree("request_id", doc.RequestID, response.Header.Get("X-Request-Id"))
	if kind, ok := kindOf(doc.Code); ok {
		agree("title", doc.Title, kind.Title)
		if !takesAnyStatus(doc.Code) {
			agree("status", doc.Status, kind.Status)
		}
	}
	return doc.Code, errors.Join(errs...)
}

// takesAnyStatus is true for the one code that says how far a change came, and
// has the status of what stopped it.
func takesAnyStatus(code string) bool { return code == problem.PartlyUpdated.Code }

func kindOf(code string) (problem.Kind, bool) {
	for _, kind := range problem.All() {
		if kind.Code == code {
			return kind, true
		}
	}
	return problem.Kind{}, false
}

func isGatewayOnly(code string) bool {
	_, ours := kindOf(code)
	return code != "" && !ours
}
