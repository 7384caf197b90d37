package quota

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Plan is the rate limits of a subscription.
type Plan struct {
	Name    string
	Buckets []Bucket // the first one that matches a call counts it
	Shared  bool     // classes have no reserves
}

// Bucket is a token bucket of the Management API.
type Bucket struct {
	Burst float64 // its size
	Rate  float64 // tokens added per second
	// Routes are the calls that it counts, such as "GET users/{id}" below /api/v2; nil for all.
	Routes []string
}

// The names of plans that are not Auth0's.
const (
	Unknown = "unknown" // no limits are known, and no call is refused
	Custom  = "custom"  // limits that the configuration contains
)

// plans are the limits of Auth0's plans. The rows of endpoints that the service does not call are left out
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations,
// read in November 2026).
var plans = []Plan{
	{Name: Unknown},
	{Name: "free", Buckets: []Bucket{{2, 2, nil}}, Shared: true}, // too small for reserves
	{Name: "self-service", Buckets: []Bucket{
		{40, perMinute(500), []string{"GET users", "GET users/{id}", "GET users-by-email"}},
		{20, perMinute(200), []string{"POST users", "PATCH users/{id}"}},
		{20, perMinute(200), []string{"DELETE users/{id}"}},
		{10, perMinute(100), []string{"GET logs/{id}"}},
		{5, perMinute(100), []string{"GET clients/{id}"}},
		{5, perMinute(50), []string{"GET connections", "GET connections/{id}"}},
		{10, perMinute(150), nil},
	}},
	{Name: "enterprise", Buckets: []Bucket{{50, 16, nil}}}, // production
	{Name: "enterprise-nonproduction", Buckets: []Bucket{{10, 2, nil}}},
}

func perMinute(n float64) float64 { return n / time.Minute.Seconds() }

// Parse returns the plan with this name; "" is Unknown. A custom plan is "custom:RATE/BURST", with the
// requests per second and the burst of its one bucket.
func Parse(text string) (Plan, error) {
	if limits, isCustom := strings.CutPrefix(text, Custom+":"); isCustom {
		return custom(limits)
	}
	for _, p := range plans {
		if p.Name == cmp.Or(text, Unknown) {
			return p, nil
		}
	}
	return Plan{}, fmt.Errorf("%q is not one of %s or %s:RATE/BURST", text, strings.Join(Names(), ", "), Custom)
}

// Names lists the names of the plans with limits that are known here, and Unknown.
func Names() (names []string) {
	for _, p := range plans {
		names = append(names, p.Name)
	}
	return names
}

// number is what custom accepts: no signs, no exponents.
var number = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,3})?$`)

func custom(limits string) (Plan, error) {
	rate, burst, _ := strings.Cut(limits, "/")
	b := Bucket{}
	if number.MatchString(rate) && number.MatchString(burst) {
		b.Rate, _ = strconv.ParseFloat(rate, 64)
		b.Burst, _ = strconv.ParseFloat(burst, 64)
	}
	if b.Rate <= 0 || b.Burst < 1 {
		return Plan{}, fmt.Errorf("%q is not %s:RATE/BURST, such as %s:16/50", Custom+":"+limits, Custom, Custom)
	}
	return Plan{Name: Custom, Buckets: []Bucket{b}}, nil
}

// Bucket returns the bucket that counts a call, and its index. There is none for a call of another
// API than the Management API, and for an unknown plan.
func (p Plan) Bucket(method, path string) (int, Bucket, bool) {
	if !isManagement(path) {
		return 0, Bucket{}, false
	}
	route := strings.TrimPrefix(path, managementPath)
	for i, b := range p.Buckets {
		if b.counts(method + " " + route) {
			return i, b, true
		}
	}
	return 0, Bucket{}, false
}

const managementPath = "/api/v2/"

func isManagement(path string) bool { return strings.HasPrefix(path, managementPath) }

func (b Bucket) counts(call string) bool {
	for _, route := range b.Routes {
		if matches(route, call) {
			return true
		}
	}
	return b.Routes == nil
}

// matches compares the segments of an escaped path. "{id}" is any segment.
func matches(route, call string) bool {
	want, got := strings.Split(route, "/"), strings.Split(call, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && want[i] != "{id}" {
			return false
		}
	}
	return true
}
