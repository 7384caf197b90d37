package metrics

import "usher/internal/httpapi"

// metric is a metric's name and unit, and how it is read off a request.
type metric struct {
	name, unit string
	value      func(httpapi.Summary) int64
	rare       bool // written only where it is not 0
}

// metrics are all of them.
var metrics = []metric{
	{"Requests", "Count", func(httpapi.Summary) int64 { return 1 }, false},
	{"Faults", "Count", func(s httpapi.Summary) int64 { return one(s.Status >= 500) }, false}, // the service's own, or the provider's
	{"Latency", "Milliseconds", func(s httpapi.Summary) int64 { return s.Duration.Milliseconds() }, false},
	{"Problems", "Count", func(s httpapi.Summary) int64 { return one(s.Problem != "") }, true},
	{"ColdStarts", "Count", func(s httpapi.Summary) int64 { return one(s.Cold) }, true},
	{"ProviderCalls", "Count", func(s httpapi.Summary) int64 { return s.ProviderCalls }, true},
	{"ProviderTime", "Milliseconds", func(s httpapi.Summary) int64 { return s.ProviderTime.Milliseconds() }, true},
	{"ProviderRetries", "Count", func(s httpapi.Summary) int64 { return s.Retries }, true},
	{"ProviderThrottled", "Count", func(s httpapi.Summary) int64 { return s.Throttled }, true},
	{"TokenFetches", "Count", func(s httpapi.Summary) int64 { return s.TokenFetches }, true},
	{"CredentialsRefused", "Count", func(s httpapi.Summary) int64 { return s.Refused }, true},
	{"SecretFailures", "Count", func(s httpapi.Summary) int64 { return s.SecretFailures }, true},
	{"UnreadableMembers", "Count", func(s httpapi.Summary) int64 { return s.Unreadable }, true}, // of the provider's answers
}

// ofAuthorizer are those of the authorizer, which sees calls before they are
// requests of ours.
var ofAuthorizer = []definition{
	{"AuthorizerDenials", "Count"},
	{"AuthorizerFailures", "Count"}, // the issuer's keys could not be had
}

// providerLeft is apart: 0 of it is worth knowing, and "not told" is none.
const providerLeft = "ProviderLeft"

// What stands under which dimensions. Under the service alone stands everything.
var (
	all          = Names()
	ofOperations = []string{"Requests", "Faults", "Latency"}
	ofCodes      = []string{"Problems"}
)

// Names lists the metrics that a service can have.
func Names() []string {
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	names = append(names, providerLeft)
	for _, m := range ofAuthorizer {
		names = append(names, m.Name)
	}
	return names
}

func valuesOf(s httpapi.Summary) map[string]value {
	values := map[string]value{}
	for _, m := range metrics {
		if n := m.value(s); n != 0 || !m.rare {
			values[m.name] = value{n, m.unit}
		}
	}
	if s.ProviderLeft >= 0 {
		values[providerLeft] = value{s.ProviderLeft, "Count"}
	}
	return values
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
