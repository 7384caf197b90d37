package metrics

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMetricsOfNoRequest(t *testing.T) {
	tests := map[string]struct {
		write   func(*Writer)
		metrics string
		values  string
	}{
		"a denial":                  {func(w *Writer) { w.Denied("expired") }, "Service,Code: AuthorizerDenials Count", `"Service":"prod-usher","Code":"expired","AuthorizerDenials":1}`},
		"a preparation that failed": {func(w *Writer) { w.Unprepared() }, "Service: PreparationFailures Count", `"Service":"prod-usher","PreparationFailures":1}`},
		"a failure":                 {func(w *Writer) { w.Failed() }, "Service: AuthorizerFailures Count", `"Service":"prod-usher","AuthorizerFailures":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			tt.write(New(&out, "prod-usher", func() time.Time { return time.UnixMilli(1767225600123) }))
			line := out.String()
			for _, fault := range faultsOf(line) {
				t.Error(fault)
			}
			var parsed document
			if err := json.Unmarshal([]byte(line), &parsed); err != nil {
				t.Fatal(err)
			}
			last := parsed.AWS.Metrics[0]
			last.Dimensions = last.Dimensions[len(last.Dimensions)-1:]
			if got := inWords([]directive{last}); got != tt.metrics {
				t.Errorf("%s, want %s", got, tt.metrics)
			}
			if first := parsed.AWS.Metrics[0].Dimensions[0]; !slices.Equal(first, []string{"Service"}) {
				t.Errorf("the first dimensions are %v, but the alarms use Service", first)
			}
			if !strings.HasSuffix(line, tt.values+"\n") || strings.Count(line, "\n") != 1 {
				t.Errorf("%s", line)
			}
		})
	}
	for _, m := range ofAuthorizer {
		if !slices.Contains(Names(), m.Name) {
			t.Errorf("%s is not in Names", m.Name)
		}
	}
}
