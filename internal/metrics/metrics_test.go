package metrics

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
)

// written returns the line of one request.
func written(t *testing.T, s httpapi.Summary) string {
	t.Helper()
	var out bytes.Buffer
	New(&out, "prod-usher", func() time.Time { return time.UnixMilli(1767225600123) }).Write(s)
	if strings.Count(out.String(), "\n") != 1 || !strings.HasSuffix(out.String(), "\n") {
		t.Fatalf("not one line: %q", out.String())
	}
	return out.String()
}

// busy returns a request with a value for almost every metric.
func busy() httpapi.Summary {
	return httpapi.Summary{
		Route: "GET /users/{id}", Status: 503, Problem: "provider-unavailable", Duration: 1234567 * time.Microsecond, Cold: true,
		Counts: httpapi.Counts{ProviderCalls: 5, ProviderTime: time.Second, Retries: 3, Throttled: 2, TokenFetches: 1, Refused: 4, SecretFailures: 6},
	}
}

func TestWrite(t *testing.T) {
	const all = `"Requests Count,Faults Count,Latency Milliseconds,Problems Count,ColdStarts Count,ProviderCalls Count,ProviderTime Milliseconds,` +
		`ProviderRetries Count,ProviderThrottled Count,TokenFetches Count,CredentialsRefused Count,SecretFailures Count,ProviderLeft Count"`
	tests := map[string]struct {
		summary httpapi.Summary
		metrics string // the directives: dimensions, names and units
		values  string
	}{
		"almost all metrics": {busy(),
			`Service: ` + strings.Trim(all, `"`) + `; Service,Operation: Requests Count,Faults Count,Latency Milliseconds; Service,Code: Problems Count`,
			`{"Service":"prod-usher","Operation":"GET /users/{id}","Code":"provider-unavailable","Requests":1,"Faults":1,"Latency":1234,"Problems":1,"ColdStarts":1,
			"ProviderCalls":5,"ProviderTime":1000,"ProviderRetries":3,"ProviderThrottled":2,"TokenFetches":1,"CredentialsRefused":4,"SecretFailures":6,"ProviderLeft":0}`},
		"only required metrics": {httpapi.Summary{Route: "none", Status: 200, Counts: httpapi.Counts{ProviderLeft: -1}},
			`Service: Requests Count,Faults Count,Latency Milliseconds; Service,Operation: Requests Count,Faults Count,Latency Milliseconds`,
			`{"Service":"prod-usher","Operation":"none","Requests":1,"Faults":0,"Latency":0}`},
		"a client error": {httpapi.Summary{Route: "GET /users", Status: 400, Problem: "invalid-request", Counts: httpapi.Counts{ProviderLeft: -1}},
			`Service: Requests Count,Faults Count,Latency Milliseconds,Problems Count; Service,Operation: Requests Count,Faults Count,Latency Milliseconds; Service,Code: Problems Count`,
			`{"Service":"prod-usher","Operation":"GET /users","Code":"invalid-request","Requests":1,"Faults":0,"Latency":0,"Problems":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			line := written(t, tt.summary)
			for _, fault := range faultsOf(line) {
				t.Error(fault)
			}
			var root map[string]any
			var parsed document
			if err := json.Unmarshal([]byte(line), &root); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(line), &parsed); err != nil {
				t.Fatal(err)
			}
			if parsed.AWS.Timestamp != 1767225600123 || parsed.Message != "metrics" {
				t.Errorf("%s", line)
			}
			if got := inWords(parsed.AWS.Metrics); got != tt.metrics {
				t.Errorf("%s\nwant %s", got, tt.metrics)
			}
			for _, other := range []string{"_aws", "level", "msg"} {
				delete(root, other)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(tt.values), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, root); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func inWords(directives []directive) string {
	var all []string
	for _, d := range directives {
		var names []string
		for _, m := range d.Metrics {
			names = append(names, m.Name+" "+m.Unit)
		}
		all = append(all, strings.Join(d.Dimensions[0], ",")+": "+strings.Join(names, ","))
	}
	return strings.Join(all, "; ")
}

// The number of billed metrics is bounded: only known names and dimensions are used.
func TestDimensionsAreBounded(t *testing.T) {
	var parsed document
	if err := json.Unmarshal([]byte(written(t, busy())), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.AWS.Metrics {
		for _, set := range d.Dimensions {
			for _, name := range set {
				if !slices.Contains([]string{"Service", "Operation", "Code"}, name) {
					t.Errorf("unknown dimension %s", name)
				}
			}
		}
		for _, m := range d.Metrics {
			if !slices.Contains(Names(), m.Name) {
				t.Errorf("%s is not in Names", m.Name)
			}
		}
	}
}
