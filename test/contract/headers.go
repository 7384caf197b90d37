package contract

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// carried are the headers that HTTP itself, or what stands on the way, adds.
var carried = map[string]bool{
	"Connection":        true,
	"Content-Length":    true,
	"Content-Type":      true, // the contract's content declares it
	"Date":              true,
	"Server":            true,
	"Transfer-Encoding": true,
	"Via":               true,
}

// checkHeaders does what the validator does not: it finds headers that are not
// declared, and those that may come once only and came again.
func checkHeaders(got http.Header, declared *v3.Response) error {
	names := map[string]bool{}
	for name := range declared.Headers.FromOldest() {
		names[http.CanonicalHeaderKey(name)] = true
	}
	var errs []error
	for name, values := range got {
		if !names[name] && !carried[name] && !strings.HasPrefix(name, "X-Amz") {
			errs = append(errs, fmt.Errorf("response: header %s is not declared", name))
		}
		if len(values) > 1 && name != "Set-Cookie" {
			errs = append(errs, fmt.Errorf("response: header %s came %d times", name, len(values)))
		}
	}
	return errors.Join(errs...)
}
