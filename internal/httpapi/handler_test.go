package httpapi_test

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

func TestHandlerWritesErrors(t *testing.T) {
	later := func(after time.Duration) error {
		p := problem.TooManyRequests.New("Later.")
		p.RetryAfter = after
		return p
	}
	tests := map[string]struct {
		err        error
		want       string
		status     int
		retryAfter string
	}{
		"a problem":         {problem.UserNotFound.New("No."), `{"type":"urn:usher:problem:user-not-found","title":"There is no such user.","status":404,"detail":"No.","code":"user-not-found","request_id":""}`, 404, ""},
		"an unknown error":  {errors.New("secret-host"), `{"type":"urn:usher:problem:internal","title":"Something went wrong.","status":500,"detail":"Something went wrong.","code":"internal","request_id":""}`, 500, ""},
		"the cause is kept": {problem.UserExists.Wrap(errors.New("secret-host"), "Taken."), `{"type":"urn:usher:problem:user-exists","title":"The user already exists.","status":409,"detail":"Taken.","code":"user-exists","request_id":""}`, 409, ""},
		"retry later":       {later(3 * time.Second), `{"type":"urn:usher:problem:too-many-requests","title":"Too many requests.","status":429,"detail":"Later.","code":"too-many-requests","request_id":""}`, 429, "3"},
		"rounded up":        {later(2001 * time.Millisecond), `{"type":"urn:usher:problem:too-many-requests","title":"Too many requests.","status":429,"detail":"Later.","code":"too-many-requests","request_id":""}`, 429, "3"},
		"never zero":        {later(time.Nanosecond), `{"type":"urn:usher:problem:too-many-requests","title":"Too many requests.","status":429,"detail":"Later.","code":"too-many-requests","request_id":""}`, 429, "1"},
		"at most a minute":  {later(61 * time.Second), `{"type":"urn:usher:problem:too-many-requests","title":"Too many requests.","status":429,"detail":"Later.","code":"too-many-requests","request_id":""}`, 429, "60"},
		"unauthorized":      {problem.Unauthorized.New("No."), `{"type":"urn:usher:problem:unauthorized","title":"The credentials were not accepted.","status":401,"detail":"No.","code":"unauthorized","request_id":""}`, 401, ""},
		"the longest time":  {later(math.MaxInt64), `{"type":"urn:usher:problem:too-many-requests","title":"Too many requests.","status":429,"detail":"Later.","code":"too-many-requests","request_id":""}`, 429, "60"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			handler(func(http.ResponseWriter, *http.Request) error { return tt.err }).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			if diff := cmp.Diff(tt.want+"\n", w.Body.String()); diff != "" {
				t.Error(diff)
			}
			want := http.Header{"Content-Type": {"application/problem+json"}}
			if tt.status == http.StatusUnauthorized {
				want.Set("WWW-Authenticate", "Bearer")
			}
			if tt.retryAfter != "" {
				want.Set("Retry-After", tt.retryAfter)
			}
			if diff := cmp.Diff(want, w.Header()); diff != "" || w.Code != tt.status {
				t.Errorf("status %d, headers:\n%s", w.Code, diff)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	w := httptest.NewRecorder()
	if err := httpapi.JSON(w, http.StatusCreated, map[string]string{"a": "<?x&y>"}); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusCreated || w.Body.String() != "{\"a\":\"<?x&y>\"}\n" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestJSONWritesNothingAfterAnError(t *testing.T) {
	w := httptest.NewRecorder()
	err := httpapi.JSON(w, http.StatusOK, func() {})
	if err == nil || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("got %v, and wrote %v %q", err, w.Header(), w.Body)
	}
}

func TestNoContent(t *testing.T) {
	w := httptest.NewRecorder()
	if err := httpapi.NoContent(w, nil); err != nil || w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("got %v, %d %q", err, w.Code, w.Body)
	}
}

func TestRequestPath(t *testing.T) {
	r := httptest.NewRequest("POST", "/users/a%2Fb?x=1", nil)
	if got := httpapi.RequestPath(r); got != "/users/a%2Fb" {
		t.Errorf("without a gateway: %s", got)
	}
	var got string
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = httpapi.RequestPath(r) })
	served(t, h, r, func(*http.Request) httpapi.Origin { return httpapi.Origin{Path: "/v1/users"} })
	if got != "/v1/users" {
		t.Errorf("behind a gateway: %s", got)
	}
}
