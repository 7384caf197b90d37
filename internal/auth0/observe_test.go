package auth0

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// observing collects the reported calls.
func observing(calls *[]Call) func(*Options) {
	return func(o *Options) { o.Observe = func(_ context.Context, c Call) { *calls = append(*calls, c) } }
}

func TestObserveGetsTheResultOfACall(t *testing.T) {
	limit := func(left string) http.Header { return http.Header{"X-Ratelimit-Remaining": {left}} }
	const users = "GET /api/v2/users/{id}"
	tests := map[string]struct {
		fault localtenant.Fault
		want  []Call // after the token's
	}{
		"a budget":          {localtenant.Fault{Route: users, Status: 404, Header: limit("7")}, []Call{{Status: 404, Left: 7}}},
		"no budget left":    {localtenant.Fault{Route: users, Status: 404, Header: limit("0")}, []Call{{Status: 404, Left: 0}}},
		"a broken budget":   {localtenant.Fault{Route: users, Status: 404, Header: limit("-3")}, []Call{{Status: 404, Left: -1}}},
		"throttled, once":   {localtenant.Fault{Route: users, Status: 429, Times: 1}, []Call{{Status: 429, Left: 0}, {Status: 200, Left: -1, Retry: true}}},
		"half a response":   {localtenant.Fault{Route: users, Kind: localtenant.FaultResetBody, Times: 1}, []Call{{Left: -1}, {Status: 200, Left: -1, Retry: true}}},
		"a forbidden user":  {localtenant.Fault{Route: users, Status: 403}, []Call{{Status: 403, Left: -1}}},
		"an accepted token": {localtenant.Fault{Route: "POST /nowhere", Status: 404}, []Call{{Status: 200, Left: -1}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			var calls []Call
			c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock(), observing(&calls))
			tenant.Tenant.Fail(tt.fault)
			_, _ = c.Users().User(t.Context(), ada)
			want := append([]Call{{Status: 200, Token: true, Left: -1}}, tt.want...)
			if diff := cmp.Diff(want, calls, cmpopts.IgnoreFields(Call{}, "Took")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestObserveGetsRefusedCredentials(t *testing.T) {
	tenant := tenanttest.Start(t)
	var calls []Call
	c, _ := newClient(holding(credentialsAt(tenant.URL, "wrong")), newClock(), observing(&calls))
	_, _ = c.Users().User(t.Context(), ada)
	if want := (Call{Status: 401, Token: true, Refused: true, Left: -1}); len(calls) == 0 || !cmp.Equal(want, calls[0], cmpopts.IgnoreFields(Call{}, "Took")) {
		t.Errorf("%+v", calls)
	}
}

func TestTraceparentIsPassedOn(t *testing.T) {
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for name, want := range map[string]string{"a trace": parent, "none": ""} {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			var got []string
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = append(got, r.Header.Get("Traceparent"))
				if tracestate := r.Header.Get("Tracestate"); tracestate != "" {
					t.Errorf("tracestate %q was passed on", tracestate)
				}
				tenant.Tenant.ServeHTTP(w, r)
			}))
			defer proxy.Close()
			c, _ := newClient(holding(credentialsAt(proxy.URL, localtenant.ClientSecret)), newClock(), func(o *Options) {
				o.ManagementAudience = tenant.Tenant.Audience()
				o.Traceparent = func(context.Context) string { return want }
			})
			if _, err := c.Users().User(t.Context(), ada); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{want, want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
