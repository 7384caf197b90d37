package metrics

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/quota"
)

func TestJobs(t *testing.T) {
	var out bytes.Buffer
	w := New(&out, "usher", func() time.Time { return time.Unix(1, 0) })
	w.JobStarted("user-exports")
	w.JobEnded("user-exports", "cancelled", map[string]int{"succeeded": 2, "skipped": 3})
	w.JobLeg(httpapi.Counts{ProviderLeft: -1})
	w.JobLeg(httpapi.Counts{ProviderCalls: 7, OverQuota: 2, Class: quota.Background, ProviderLeft: 5})
	var got []string
	for line := range strings.Lines(out.String()) {
		var d document
		values := map[string]any{}
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(line), &values); err != nil {
			t.Fatal(err)
		}
		for _, directive := range d.AWS.Metrics {
			var text []string
			for _, metric := range directive.Metrics {
				value, _ := json.Marshal(values[metric.Name])
				text = append(text, metric.Name+"="+string(value))
			}
			for _, set := range directive.Dimensions {
				of := []string{}
				for _, name := range set {
					of = append(of, values[name].(string))
				}
				text = append(text, strings.Join(of, "/"))
			}
			got = append(got, strings.Join(text, " "))
		}
	}
	want := []string{
		"JobsStarted=1 usher usher/user-exports",
		"JobsEnded=1 usher usher/user-exports usher/cancelled",
		"JobRecords=3 usher/user-exports usher/skipped",
		"JobRecords=2 usher/user-exports usher/succeeded",
		"ProviderCalls=7 OverQuotaBackground=2 ProviderLeft=5 usher",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
