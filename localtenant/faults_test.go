package localtenant_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// fetch makes one request on a new connection and reads all of the answer.
func fetch(ctx context.Context, s *tenanttest.Server, token, path string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", s.URL+path, nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

func TestFaults(t *testing.T) {
	s := tenanttest.Start(t)
	token := newAPI(t, s).token
	ctx := context.Background()
	const route, path = "GET /api/v2/users", "/api/v2/users"
	reset := time.Now().Add(90 * time.Second).Truncate(time.Second)
	for name, c := range map[string]struct {
		fault localtenant.Fault
		check func(t *testing.T, r *http.Response, body string, err error)
	}{
		"status": {localtenant.Fault{Status: 503}, func(t *testing.T, r *http.Response, body string, _ error) {
			if r.StatusCode != 503 || body != `{"statusCode":503,"error":"Service Unavailable","message":"Service Unavailable"}` {
				t.Errorf("%d %s", r.StatusCode, body)
			}
		}},
		"rate limit": {localtenant.Fault{Status: 429, Reset: reset}, func(t *testing.T, r *http.Response, body string, _ error) {
			if r.StatusCode != 429 || r.Header.Get("X-RateLimit-Reset") != strconv.FormatInt(reset.Unix(), 10) ||
				r.Header.Get("X-RateLimit-Remaining") != "0" || !strings.Contains(body, "too_many_requests") {
				t.Errorf("%d %v %s", r.StatusCode, r.Header, body)
			}
		}},
		"custom": {localtenant.Fault{Status: 418, Header: http.Header{"x-why": {"tea"}}, Body: "no"}, func(t *testing.T, r *http.Response, body string, _ error) {
			if r.StatusCode != 418 || r.Header.Get("X-Why") != "tea" || body != "no" {
				t.Errorf("%d %v %s", r.StatusCode, r.Header, body)
			}
		}},
		"html": {localtenant.Fault{Kind: localtenant.FaultHTML}, func(t *testing.T, r *http.Response, body string, _ error) {
			if r.StatusCode != 502 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.Contains(body, "<h1>") {
				t.Errorf("%d %s", r.StatusCode, body)
			}
		}},
		"garbage": {localtenant.Fault{Kind: localtenant.FaultGarbage}, func(t *testing.T, r *http.Response, body string, _ error) {
			if r.StatusCode != 200 || json.Valid([]byte(body)) {
				t.Errorf("%d %s", r.StatusCode, body)
			}
		}},
		"truncated": {localtenant.Fault{Kind: localtenant.FaultTruncate}, func(t *testing.T, r *http.Response, body string, err error) {
			if err != nil || r.StatusCode != 200 || len(body) == 0 || json.Valid([]byte(body)) {
				t.Errorf("%d %s %v", r.StatusCode, body, err)
			}
		}},
		"reset": {localtenant.Fault{Kind: localtenant.FaultReset}, func(t *testing.T, _ *http.Response, _ string, err error) {
			if !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
		}},
		"reset in the body": {localtenant.Fault{Kind: localtenant.FaultResetBody}, func(t *testing.T, r *http.Response, body string, err error) {
			if r == nil || r.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 {
				t.Errorf("%v %q %v", r, body, err)
			}
		}},
		"delay": {localtenant.Fault{Delay: 20 * time.Millisecond}, func(t *testing.T, r *http.Response, _ string, err error) {
			if err != nil || r.StatusCode != 200 {
				t.Errorf("%v", err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.fault.Route, c.fault.Times = route, 1
			s.Tenant.Fail(c.fault)
			if _, _, err := fetch(ctx, s, token, "/api/v2/connections"); err != nil {
				t.Fatalf("another route was struck: %v", err)
			}
			begin := time.Now()
			r, body, err := fetch(ctx, s, token, path)
			c.check(t, r, body, err)
			if took := time.Since(begin); took < c.fault.Delay {
				t.Errorf("took %v", took)
			}
			if r, _, err := fetch(ctx, s, token, path); err != nil || r.StatusCode != 200 {
				t.Errorf("struck more than once: %v", err)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		s.Tenant.Fail(localtenant.Fault{Kind: localtenant.FaultHang})
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, _, err := fetch(ctx, s, token, "/.well-known/jwks.json"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		s.Tenant.ClearFaults()
		if r, _, err := fetch(context.Background(), s, token, path); err != nil || r.StatusCode != 200 {
			t.Errorf("after clearing: %v", err)
		}
	})
	t.Run("every", func(t *testing.T) {
		s.Tenant.Fail(localtenant.Fault{Status: 500, Every: 10})
		defer s.Tenant.ClearFaults()
		var struck []int
		for i := range 30 {
			if r, _, _ := fetch(ctx, s, token, "/api/v2/connections"); r.StatusCode == 500 {
				struck = append(struck, i)
			}
		}
		if len(struck) != 3 || struck[1]-struck[0] != 10 || struck[2]-struck[1] != 10 {
			t.Errorf("struck %v of 30", struck)
		}
	})
	t.Run("probability", func(t *testing.T) {
		s.Tenant.Fail(localtenant.Fault{Status: 500, Probability: 0.5})
		defer s.Tenant.ClearFaults()
		failed := 0
		for range 200 {
			if r, _, _ := fetch(ctx, s, token, "/api/v2/connections"); r.StatusCode == 500 {
				failed++
			}
		}
		if failed < 50 || failed > 150 {
			t.Errorf("%d of 200 failed at one half", failed)
		}
	})
}

// TestLostAnswers: what cuts an answer off lets the request have its effect;
// what comes before it does not.
func TestLostAnswers(t *testing.T) {
	for kind, effect := range map[localtenant.FaultKind]bool{
		localtenant.FaultReset: false, localtenant.FaultHTML: false, localtenant.FaultGarbage: false,
		localtenant.FaultResetBody: true, localtenant.FaultTruncate: true,
	} {
		s := tenanttest.Start(t, empty)
		a := newAPI(t, s)
		s.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users", Times: 1, Kind: kind})
		req, _ := http.NewRequest("POST", s.URL+"/api/v2/users", strings.NewReader(
			`{"connection":"Username-Password-Authentication","email":"a@example.com","password":"`+goodPassword+`"}`))
		req.Header.Set("Authorization", "Bearer "+a.token)
		if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
			_, _ = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		if got := len(a.list("/api/v2/users")) == 1; got != effect {
			t.Errorf("%s: the user is there: %v, want %v", kind, got, effect)
		}
	}
}

func TestStats(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	a.list("/api/v2/users")
	a.obj("GET", "/api/v2/users/auth0%7Cx%2Fy", nil, 404)
	a.obj("GET", "/nowhere", nil, 404)
	got := a.obj("GET", "/_tenant/stats", nil, 200)
	routes := got["routes"].(map[string]any)
	if got["requests"] != 4.0 || got["tokens"] != 1.0 || got["connections"].(float64) < 1 || len(routes) != 4 ||
		routes["GET /api/v2/users"] != 1.0 || routes["GET /api/v2/users/{id}"] != 1.0 || routes["POST /oauth/token"] != 1.0 || routes["/"] != 1.0 {
		t.Errorf("stats %v", got)
	}
	a.obj("DELETE", "/_tenant/stats", nil, 204)
	if s := s.Tenant.Stats(); s.Requests != 0 || s.Connections != 0 || s.Tokens != 0 || len(s.Routes) != 0 {
		t.Errorf("after a reset: %+v", s)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, base := range []string{"", "127.0.0.1:3001", "http://127.0.0.1:3001/", "http://%"} {
		if _, err := localtenant.New(localtenant.Options{BaseURL: base}); err == nil {
			t.Errorf("%q was taken", base)
		}
	}
}

func TestBigBodies(t *testing.T) {
	a := newAPI(t, tenanttest.Start(t))
	a.obj("POST", "/api/v2/users", map[string]any{"name": strings.Repeat("x", 1<<20)}, 413)
}

func TestFaultsByRequest(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/roles", Status: 418})
	s.Tenant.FailBy(func(r *http.Request) *localtenant.Fault {
		if r.URL.Query().Has("q") {
			return &localtenant.Fault{Status: 503}
		}
		return nil
	})
	token := newAPI(t, s).token
	statuses := func() (all []int) {
		for _, path := range []string{"/api/v2/users", "/api/v2/users?q=a", "/api/v2/roles"} {
			resp, _, err := fetch(t.Context(), s, token, path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, resp.StatusCode)
		}
		return all
	}
	if got := statuses(); !slices.Equal(got, []int{200, 503, 418}) {
		t.Errorf("%v", got)
	}
	s.Tenant.ClearFaults()
	if got := statuses(); !slices.Equal(got, []int{200, 200, 200}) {
		t.Errorf("after ClearFaults: %v", got)
	}
}
