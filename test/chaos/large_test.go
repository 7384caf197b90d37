//go:build chaos

package chaos

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"usher/test/testkit/lambda"
)

// largest is the size of the largest event that Lambda sends, in bytes
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const largest = 6 << 20

// The largest events are refused by a problem, without a call of the provider. All that is allocated
// for them is at most four times their size, buffers that grow included.
func TestLargestEvents(t *testing.T) {
	w := newWorld(t, 1, sabotage{})
	tooLarge(t, w.env[0], eventOf(t, strings.Repeat("a", 70<<10), false)) // all is initialised
	room := largest - len(eventOf(t, "", false)) - 10
	for name, event := range map[string][]byte{
		"text":   eventOf(t, strings.Repeat("a", room), false),
		"quotes": eventOf(t, strings.Repeat(`"`, room/2), false),
		"base64": eventOf(t, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", (room-20)/4*3))), true),
	} {
		t.Run(name, func(t *testing.T) {
			if len(event) > largest || len(event) < largest-100 {
				t.Fatalf("the event has %d bytes", len(event))
			}
			allocated := tooLarge(t, w.env[0], event)
			t.Logf("%d bytes of event, %d allocated: %.1f times", len(event), allocated, float64(allocated)/largest)
			if allocated > 4*largest {
				t.Errorf("%d bytes allocated", allocated)
			}
		})
	}
	if n := w.provider.tenant.Stats().Routes["POST /api/v2/users"]; n != 0 {
		t.Errorf("%d calls of the provider", n)
	}
}

func eventOf(t *testing.T, body string, encoded bool) []byte {
	t.Helper()
	plain, err := lambda.Event(http.MethodPost, "/users", http.Header{"Content-Type": {"application/json"}}, body)
	if err != nil {
		t.Fatal(err)
	}
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(plain, &e); err != nil {
		t.Fatal(err)
	}
	e.IsBase64Encoded = encoded
	event, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// tooLarge serves an event that is too large, and returns what was allocated.
func tooLarge(t *testing.T, e *environment, event []byte) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := e.Serve(t.Context(), http.MethodPost, "/users", event)
	runtime.ReadMemStats(&after)
	if err != nil || got.Status != http.StatusRequestEntityTooLarge || codeOf(got) != "body-too-large" {
		t.Fatalf("%d %s, %v", got.Status, got.Body, err)
	}
	return after.TotalAlloc - before.TotalAlloc
}
