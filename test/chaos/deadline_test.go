//go:build chaos

package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"usher/localtenant"
	"usher/test/testkit/traffic"
)

// A provider that hangs is a 504 before the deadline, however little time is left.
func TestDeadlines(t *testing.T) {
	w := newWorld(t, 1, sabotage{})
	e := w.env[0]
	if got, err := e.Answer(traffic.Request{Method: http.MethodGet, Target: "/roles"}); err != nil || got.Status != http.StatusOK {
		t.Fatalf("%d, %v", got.Status, err)
	}
	w.provider.tenant.Fail(localtenant.Fault{Kind: localtenant.FaultHang})
	t.Cleanup(w.provider.server.CloseClientConnections)
	const path = "/users/auth0%7C65e19a100000000000000001"
	t.Run("hanging", func(t *testing.T) {
		for _, left := range []time.Duration{time.Second, 3 * time.Second, 10 * time.Second} {
			for _, r := range []traffic.Request{
				{Method: http.MethodGet, Target: path},
				{Method: http.MethodDelete, Target: path},
				{Method: http.MethodPatch, Target: path, Body: `{"name":"A"}`, Header: http.Header{"Content-Type": {"application/json"}}},
				{Method: http.MethodGet, Target: "/users"},
			} {
				t.Run(fmt.Sprintf("%v %s %s", left, r.Method, r.Target), func(t *testing.T) {
					t.Parallel()
					ctx, cancel := context.WithTimeout(t.Context(), left)
					defer cancel()
					begun, stalls := time.Now(), machine.total()
					got, err := e.Invoke(ctx, r)
					took, stalled := time.Since(begun), machine.total()-stalls
					if err != nil || codeOf(got) != "provider-timeout" || got.Status != http.StatusGatewayTimeout {
						t.Errorf("%d %s, %v", got.Status, got.Body, err)
					}
					if took >= left+stalled {
						t.Errorf("it took %v", took)
					}
				})
			}
		}
	})
}

func codeOf(a traffic.Answer) string {
	var told struct{ Code string }
	_ = json.Unmarshal([]byte(a.Body), &told)
	return told.Code
}
