package localtenant

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Plan is a subscription type, which decides on the rate limits.
type Plan string

// The plans whose limits are known.
const (
	PlanNone                    Plan = "none" // no limits and no headers
	PlanFree                    Plan = "free"
	PlanSelfService             Plan = "self-service"
	PlanEnterprise              Plan = "enterprise" // production
	PlanEnterpriseNonProduction Plan = "enterprise-nonproduction"
)

// Plans lists every plan.
var Plans = []Plan{PlanNone, PlanFree, PlanSelfService, PlanEnterprise, PlanEnterpriseNonProduction}

// Limit is a row of the tables in
// https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
// (read in November 2026). A request takes a token from the API's bucket, then from the bucket of
// its endpoint. The rows of endpoints that the tenant does not serve are left out, and so are the
// limits per user, per address and per IP address.
type Limit struct {
	Plan   Plan
	Name   string   // in the table
	Routes []string // patterns of an endpoint; nil for an API, or for all its other endpoints
	Burst  int      // the bucket's size
	Rate   int      // sustained requests
	Per    time.Duration
}

const (
	managementAPI     = "Management API"
	authenticationAPI = "Authentication API"
	otherEndpoints    = "All other Endpoints Combined" // of the Management API
	deletingUsers     = "Write Users (DELETE)"
	writingUsers      = "Write Users (POST, PATCH)"
)

// Limits lists the limits of all plans. The tables do not say whether finding users by address
// counts as reading users. Here it does.
var Limits = []Limit{
	{PlanFree, authenticationAPI, nil, 300, 300, time.Minute},
	{PlanFree, "Get Token", []string{"POST /oauth/token"}, 30, 30, time.Second},
	{PlanFree, "JSON Web Token Keys", []string{"GET /.well-known/jwks.json"}, 20, 20, time.Second},
	{PlanFree, managementAPI, nil, 2, 2, time.Second},

	{PlanSelfService, authenticationAPI, nil, 25, 25, time.Second},
	{PlanSelfService, "Read Users", []string{"GET /api/v2/users", "GET /api/v2/users/{id}", "GET /api/v2/users-by-email"}, 40, 500, time.Minute},
	{PlanSelfService, writingUsers, []string{"POST /api/v2/users", "PATCH /api/v2/users/{id}"}, 20, 200, time.Minute},
	{PlanSelfService, deletingUsers, []string{"DELETE /api/v2/users/{id}"}, 20, 200, time.Minute},
	{PlanSelfService, "Read Logs", []string{"GET /api/v2/logs/{id}"}, 10, 100, time.Minute},
	{PlanSelfService, "Read Clients", []string{"GET /api/v2/clients/{id}"}, 5, 100, time.Minute},
	{PlanSelfService, "Read Connections", []string{"GET /api/v2/connections", "GET /api/v2/connections/{id}"}, 5, 50, time.Minute},
	{PlanSelfService, otherEndpoints, nil, 10, 150, time.Minute},

	{PlanEnterprise, authenticationAPI, nil, 100, 100, time.Second},
	{PlanEnterprise, managementAPI, nil, 50, 16, time.Second},
	{PlanEnterpriseNonProduction, authenticationAPI, nil, 100, 100, time.Second},
	{PlanEnterpriseNonProduction, managementAPI, nil, 10, 2, time.Second},
}

// LimitsOf returns the limits of a route, in the order in which they are checked.
func (p Plan) LimitsOf(pattern string) (limits []Limit) {
	api := apiOf(pattern)
	add := func(is func(Limit) bool) bool {
		i := slices.IndexFunc(Limits, func(l Limit) bool { return l.Plan == p && is(l) })
		if i >= 0 {
			limits = append(limits, Limits[i])
		}
		return i >= 0
	}
	add(func(l Limit) bool { return l.Name == api })
	if !add(func(l Limit) bool { return slices.Contains(l.Routes, pattern) }) && api == managementAPI {
		add(func(l Limit) bool { return l.Name == otherEndpoints })
	}
	return limits
}

// apiOf returns the API of a route: none for pages, whose limits are per IP address.
func apiOf(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	switch {
	case strings.HasPrefix(path, "/api/v2/"):
		return managementAPI
	case path == "/authorize" || slices.ContainsFunc([]string{"/oauth/", "/.well-known/", "/userinfo", "/dbconnections/", "/v2/logout", "/oidc/"},
		func(prefix string) bool { return strings.HasPrefix(path, prefix) }):
		return authenticationAPI
	}
	return ""
}

// Sustained is the row's sustained limit, as the tables write it.
func (l Limit) Sustained() string {
	return fmt.Sprintf("%d/%s", l.Rate, map[time.Duration]string{time.Second: "second", time.Minute: "minute"}[l.Per])
}
