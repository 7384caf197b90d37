package localtenant_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"usher/localtenant"
	"usher/localtenant/description"
)

// contract holds answers of the Management API to the description, by a library
// that knows nothing of the tenant, and remembers which it has seen.
type contract struct {
	api       *description.API
	validator validator.Validator
	mu        sync.Mutex
	seen      map[string]bool // "GET /users 200"
}

var theContract = sync.OnceValues(func() (*contract, error) {
	api, err := description.Load()
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(description.JSON)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc, config.WithoutSecurityValidation())
	return &contract{api: api, validator: v, seen: map[string]bool{}}, errors.Join(errs...)
})

// hold checks one answer.
func (c *contract) hold(t testing.TB, method, path string, status int, header http.Header, body []byte) {
	t.Helper()
	pattern, ok := c.find(method, path)
	if !ok || (status == http.StatusRequestEntityTooLarge && !strings.HasPrefix(path, "/jobs/")) || status == http.StatusUnsupportedMediaType {
		return // not described
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[pattern+" "+strconv.Itoa(status)] = true
	op := c.api.Paths[strings.Fields(pattern)[1]][strings.ToLower(method)]
	if _, ok := op.Responses[strconv.Itoa(status)]; !ok && status != http.StatusTooManyRequests && !slices.Contains(undescribed(), pattern+" "+strconv.Itoa(status)) {
		t.Errorf("%s answered %d, which is not described: %s", pattern, status, body)
		return
	}
	if status >= 300 || len(body) == 0 || strings.Contains(path, "%2F") {
		return // errors and empty answers have no schema, and the library does not see an encoded slash as part of a segment
	}
	req, err := http.NewRequest(method, "https://tenant/api/v2"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp := &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}
	if ok, errs := c.validator.ValidateHttpResponse(req, resp); !ok {
		for _, e := range errs {
			if strings.Contains(fmt.Sprint(e.Reason, e.SchemaValidationErrors), "'oneOf' failed, subschemas") {
				continue // the description's alternatives are not exclusive; one of them holds
			}
			t.Errorf("%s: %s: %s %v", pattern, e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
}

// undescribed are answers that recordings show and the description leaves out.
func undescribed() []string {
	return []string{
		"GET /guardian/enrollments/{id} 404", "DELETE /guardian/enrollments/{id} 404", // recorded
		"DELETE /users/{id}/roles 400", // it has a body, which can be wrong
	}
}

// find is the described path that a request's path is of.
func (c *contract) find(method, path string) (string, bool) {
	path, _, _ = strings.Cut(path, "?")
	got := strings.Split(path, "/")
	best, found := "", false
	for template, methods := range c.api.Paths {
		want := strings.Split(template, "/")
		if _, ok := methods[strings.ToLower(method)]; !ok || len(want) != len(got) {
			continue
		}
		fits := true
		for i := range want {
			fits = fits && (want[i] == got[i] || strings.HasPrefix(want[i], "{"))
		}
		// The template with fewer parameters is the one that is meant.
		if fits && (!found || strings.Count(template, "{") < strings.Count(best, "{")) {
			best, found = template, true
		}
	}
	return method + " " + best, found
}

// TestMain says, when all tests were run, which described answers none has shown.
func TestMain(m *testing.M) {
	code := m.Run()
	c, err := theContract()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if code == 0 && len(c.seen) > 100 { // all were run, and not a few that -run chose
		if missing := c.missing(); len(missing) > 0 {
			fmt.Fprintf(os.Stderr, "described answers that no test has shown:\n  %s\n", strings.Join(missing, "\n  "))
			code = 1
		}
	}
	os.Exit(code)
}

func (c *contract) missing() []string {
	var out []string
	for path, methods := range c.api.Paths {
		for method, op := range methods {
			pattern := strings.ToUpper(method) + " " + path
			if !slices.Contains(served(), pattern) {
				continue
			}
			for status := range op.Responses {
				if !c.seen[pattern+" "+status] && !slices.Contains(unreachable(), pattern+" "+status) {
					out = append(out, pattern+" "+status)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func escape(id string) string { return url.PathEscape(id) }

// served are the described operations that the tenant serves, "GET /users".
func served() []string {
	tenant, err := localtenant.New(localtenant.Options{BaseURL: "http://127.0.0.1:1", Empty: true})
	if err != nil {
		panic(err)
	}
	var out []string
	for _, r := range tenant.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if rest, ok := strings.CutPrefix(path, "/api/v2"); ok {
			out = append(out, method+" "+rest)
		}
	}
	return out
}

// unreachable are described answers that the tenant has no way to give: a
// parameter that may be any text cannot be wrong, and a user that is not there
// has no sessions, rather than being an error.
func unreachable() []string {
	return []string{
		"DELETE /refresh-tokens/{id} 400", "DELETE /roles/{id} 400", "DELETE /sessions/{id} 400",
		"DELETE /user-blocks/{id} 400", "DELETE /users/{id} 400", "DELETE /users/{id}/authentication-methods 400",
		"DELETE /users/{id}/authentication-methods/{authentication_method_id} 400", "DELETE /users/{id}/authenticators 400",
		"DELETE /users/{user_id}/refresh-tokens 400", "DELETE /users/{user_id}/refresh-tokens 404",
		"DELETE /users/{user_id}/sessions 400", "DELETE /users/{user_id}/sessions 404",
		"GET /jobs/{id} 400", "GET /jobs/{id}/errors 400", "GET /logs/{id} 400", "GET /refresh-tokens/{id} 400", "GET /roles/{id} 400",
		"GET /users/{id}/authentication-methods/{authentication_method_id} 400", "GET /users/{id}/enrollments 400",
		"GET /users/{user_id}/refresh-tokens 404", "GET /users/{user_id}/sessions 404",
		"POST /sessions/{id}/revoke 400", "POST /users/{id}/multifactor/actions/invalidate-remember-browser 400",
		"POST /users/{id}/recovery-code-regeneration 400", "GET /refresh-tokens 404",
	}
}
