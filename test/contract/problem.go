package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"usher/internal/problem"
)

// checkProblem holds a problem document to what no schema can say: that its
// members agree with one another, with the status and with the request id.
func checkProblem(response *http.Response, body []byte) (code string, err error) {
	isProblem := strings.HasPrefix(response.Header.Get("Content-Type"), problem.ContentType)
	switch {
	case !isProblem && response.StatusCode >= http.StatusBadRequest:
		return "", fmt.Errorf("response: status %d without a problem document", response.StatusCode)
	case !isProblem:
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
	if kind := kindOf(doc.Code); kind.Code != "" {
		agree("title", doc.Title, kind.Title)
		if !takesAnyStatus(doc.Code) {
			agree("status", doc.Status, kind.Status)
		}
	}
	return doc.Code, errors.Join(errs...)
}

// takesAnyStatus is true for the only code whose status depends on the cause.
func takesAnyStatus(code string) bool { return code == problem.PartlyUpdated.Code }

// kindOf returns a zero kind for a code that is not the service's.
func kindOf(code string) problem.Kind {
	all := problem.All()
	i := slices.IndexFunc(all, func(k problem.Kind) bool { return k.Code == code })
	if i < 0 {
		return problem.Kind{}
	}
	return all[i]
}

func isGatewayOnly(code string) bool { return code != "" && kindOf(code).Code == "" }
