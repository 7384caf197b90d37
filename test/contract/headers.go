package contract

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// carried are headers that HTTP, a proxy, or the contract's content declares.
var carried = []string{"Connection", "Content-Length", "Content-Type", "Date", "Server", "Transfer-Encoding", "Via"}

// checkHeaders finds undeclared and repeated headers, which the validator ignores.
func checkHeaders(got http.Header, declared *v3.Response) error {
	names := map[string]bool{}
	for name := range declared.Headers.FromOldest() {
		names[http.CanonicalHeaderKey(name)] = true
	}
	var errs []error
	for name, values := range got {
		if !names[name] && !slices.Contains(carried, name) && !strings.HasPrefix(name, "X-Amz") {
			errs = append(errs, fmt.Errorf("response: header %s is not declared", name))
		}
		if len(values) > 1 && name != "Set-Cookie" {
			errs = append(errs, fmt.Errorf("response: header %s came %d times", name, len(values)))
		}
	}
	return errors.Join(errs...)
}
