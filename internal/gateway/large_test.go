package gateway

import (
	"encoding/base64"
	"runtime"
	"strings"
	"testing"

	"usher/internal/httpapi"
)

// Of a body that is too large, the handler gets one byte more than the limit of its type: enough to refuse it.
// Nothing copies the rest, up to 6 MB.
func TestTooLargeBodies(t *testing.T) {
	const large = 6 << 20
	most := strings.Repeat("a", httpapi.MaxRecordsBody)
	tests := map[string]struct {
		body    string
		encoded bool
		want    int    // bytes that the handler reads
		media   string // Content-Type
	}{
		"the limit":              {strings.Repeat("a", httpapi.MaxBody), false, httpapi.MaxBody, ""},
		"a byte more":            {strings.Repeat("a", httpapi.MaxBody+1), false, httpapi.MaxBody + 1, ""},
		"large":                  {strings.Repeat("a", large), false, httpapi.MaxBody + 1, ""},
		"the limit, in base64":   {base64.StdEncoding.EncodeToString(make([]byte, httpapi.MaxBody)), true, httpapi.MaxBody, ""},
		"a byte more, in base64": {base64.StdEncoding.EncodeToString(make([]byte, httpapi.MaxBody+1)), true, httpapi.MaxBody + 1, ""},
		"large, in base64":       {base64.StdEncoding.EncodeToString(make([]byte, large/4*3)), true, httpapi.MaxBody + 2, ""}, // whole groups of three
		"records":                {most, false, len(most), "application/x-ndjson"},
		"records, in base64":     {base64.StdEncoding.EncodeToString([]byte(most)), true, len(most), "application/x-ndjson; charset=utf-8"},
		"too many records":       {most + "aa", false, len(most) + 1, "application/x-ndjson"},
		"not declared":           {most, false, httpapi.MaxBody + 1, "application/json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			event := eventFor("POST", "/users", "/users")
			event.Body, event.IsBase64Encoded = tt.body, tt.encoded
			event.MultiValueHeaders = map[string][]string{"content-type": {tt.media}}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			saw, answer := serve(t, t.Context(), event, false)
			runtime.ReadMemStats(&after)
			if saw == nil || len(saw.body) != tt.want {
				t.Fatalf("the handler reads %+v, want %d bytes: %s", saw, tt.want, answer.Body)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > large/2 && tt.want < httpapi.MaxRecordsBody {
				t.Errorf("%d bytes allocated", allocated)
			}
		})
	}
}
