package metrics

import (
	"slices"

	"usher/internal/httpapi"
	"usher/internal/quota"
)

// metric defines how a metric is computed from a request.
type metric struct {
	name, unit string
	value      func(httpapi.Summary) int64
	rare       bool // whether the value 0 is omitted
}

// metrics lists the metrics of requests. Faults counts failures of the service and of the
// provider.
var metrics = []metric{
	{"Requests", "Count", func(httpapi.Summary) int64 { return 1 }, false},
	{"Faults", "Count", func(s httpapi.Summary) int64 { return oneIf(s.Status >= 500) }, false},
	{"Latency", "Milliseconds", func(s httpapi.Summary) int64 { return s.Duration.Milliseconds() }, false},
	{"Problems", "Count", func(s httpapi.Summary) int64 { return oneIf(s.Problem != "") }, true},
	{"ColdStarts", "Count", func(s httpapi.Summary) int64 { return oneIf(s.Cold) }, true},
	{"ProviderCalls", "Count", func(s httpapi.Summary) int64 { return s.ProviderCalls }, true},
	{"ProviderTime", "Milliseconds", func(s httpapi.Summary) int64 { return s.ProviderTime.Milliseconds() }, true},
	{"ProviderRetries", "Count", func(s httpapi.Summary) int64 { return s.Retries }, true},
	{"ProviderRetriesRefused", "Count", func(s httpapi.Summary) int64 { return s.RetriesRefused }, true},
	{"OverQuotaChanges", "Count", overQuota(quota.Change), true}, // provider calls that the quota refused
	{"OverQuotaReads", "Count", overQuota(quota.Read), true},
	{"OverQuotaBackground", "Count", overQuota(quota.Background), true},
	{"ProviderThrottled", "Count", func(s httpapi.Summary) int64 { return s.Throttled }, true},
	{"TokenFetches", "Count", func(s httpapi.Summary) int64 { return s.TokenFetches }, true},
	{"CredentialsRefused", "Count", func(s httpapi.Summary) int64 { return s.Refused }, true},
	{"SecretFailures", "Count", func(s httpapi.Summary) int64 { return s.SecretFailures }, true},
	{"UnreadableMembers", "Count", func(s httpapi.Summary) int64 { return s.Unreadable }, true}, // in provider responses
}

// definition is the name of a metric, with its unit.
type definition struct{ Name, Unit string }

// ofAuthorizer lists the metrics of the authorizer.
var ofAuthorizer = []definition{
	{"AuthorizerDenials", "Count"},
	{"AuthorizerFailures", "Count"}, // the issuer's keys were not available
}

// ofJobs lists the metrics of jobs.
var ofJobs = []definition{
	{"JobsStarted", "Count"},
	{"JobsEnded", "Count"},
	{"JobRecords", "Count"}, // of ended jobs
}

// preparationFailures counts the starts with provisioned concurrency whose preparation failed.
const preparationFailures = "PreparationFailures"

// providerLeft is not in metrics, since 0 is written and -1 (unknown) is omitted.
const providerLeft = "ProviderLeft"

// The metrics that also have a dimension for the operation or the code.
var (
	ofOperations = []string{"Requests", "Faults", "Latency"}
	ofCodes      = []string{"Problems"}
)

// Names lists all metrics.
func Names() []string {
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	names = append(names, providerLeft, preparationFailures)
	for _, m := range slices.Concat(ofAuthorizer, ofJobs) {
		names = append(names, m.Name)
	}
	return names
}

// valuesOf returns the values of a request, in the order of Names.
func valuesOf(s httpapi.Summary) []value {
	values := make([]value, 0, len(metrics)+1)
	for _, m := range metrics {
		if n := m.value(s); n != 0 || !m.rare {
			values = append(values, value{m.name, m.unit, n})
		}
	}
	if s.ProviderLeft >= 0 {
		values = append(values, value{providerLeft, "Count", s.ProviderLeft})
	}
	return values
}

func overQuota(class quota.Class) func(httpapi.Summary) int64 {
	return func(s httpapi.Summary) int64 {
		if s.Class != class {
			return 0
		}
		return s.OverQuota
	}
}

func oneIf(condition bool) int64 {
	if condition {
		return 1
	}
	return 0
}
