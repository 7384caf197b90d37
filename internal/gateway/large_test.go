package gateway

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// A body that is too large is refused as such, whatever its form. The memory for it is less than a third
// of the largest event, which is not copied.
func TestTooLargeBodies(t *testing.T) {
	const large = 6 << 20 // the largest event, in bytes
	quote := func(n int) string { return strings.Repeat(`\u0022`, n) }
	inBase64 := func(n int) string { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", n))) }
	tests := map[string]struct {
		body    string // in JSON
		encoded bool
		refused bool
	}{
		"the limit":              {strings.Repeat("a", httpapi.MaxBody), false, false},
		"a byte more":            {strings.Repeat("a", httpapi.MaxBody+1), false, true},
		"large":                  {strings.Repeat("a", large), false, true},
		"the limit, in escapes":  {quote(httpapi.MaxBody), false, false},
		"a byte more, escaped":   {quote(httpapi.MaxBody + 1), false, true},
		"large, of escapes":      {quote(large / 6), false, true},
		"large, of quotes":       {strings.Repeat(`\"`, large/2), false, true},
		"the limit, in base64":   {inBase64(httpapi.MaxBody), true, false},
		"a byte more, in base64": {inBase64(httpapi.MaxBody + 1), true, true},
		"large, in base64":       {inBase64(large / 4 * 3), true, true},
		"escaped base64":         {strings.Repeat(`\u0061`, base64.StdEncoding.EncodedLen(httpapi.MaxBody)), true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			event := eventFor("POST", "/users", "/users")
			event.Headers, event.Body, event.IsBase64Encoded = map[string]string{"Content-Type": "application/json"}, "BODY", tt.encoded
			empty, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			text := []byte(strings.Replace(string(empty), "BODY", tt.body, 1))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			answer := created(t, text)
			runtime.ReadMemStats(&after)
			if tt.refused {
				wantProblem(t, answer, problem.BodyTooLarge)
			} else {
				wantProblem(t, answer, problem.InvalidJSON)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > large/3 {
				t.Errorf("%d bytes allocated for %d", allocated, len(text))
			}
		})
	}
}

// created serves an event of an operation that reads a JSON object.
func created(t *testing.T, event []byte) events.APIGatewayProxyResponse {
	t.Helper()
	op := api.Operation{
		Name: "writing", Routes: []string{"POST /users"}, Permissions: []permission.Name{permission.Manage},
		Handler: func(_ http.ResponseWriter, r *http.Request, _ api.Call) error {
			return httpapi.Decode(r, &struct{}{})
		},
	}
	serving := httpapi.ServeOptions{Log: slog.New(slog.DiscardHandler), Deadline: time.Hour, Origin: Origin}
	h := New(httpapi.Serve(api.Server{Authenticate: Authenticate}.Handler(op), serving), Options{Now: time.Now}).Lambda(op.BodyLimit())
	text, err := h.Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	var answer events.APIGatewayProxyResponse
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}
