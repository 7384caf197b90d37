package auth0

import (
	"testing"

	"usher/internal/recovery"
	"usher/internal/secrets"
)

func TestVerificationFrom(t *testing.T) {
	tests := map[string]struct {
		status, created string
		want            recovery.Status
		at              string
	}{
		"pending":           {"pending", "2026-02-01T08:30:00.000Z", recovery.Pending, "2026-02-01T08:30:00Z"},
		"another zone":      {"completed", "2026-02-01T09:30:00+01:00", recovery.Completed, "2026-02-01T08:30:00Z"},
		"failed, no time":   {"failed", "", recovery.Failed, ""},
		"an unknown status": {"queued", "yesterday", recovery.Processing, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := newClient(holding(secrets.Credentials{}), newClock())
			job, err := c.jobIn(t.Context(), []byte(`{"id":"job_1","status":"`+tt.status+`","created_at":"`+tt.created+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			got := verificationFrom(job)
			at := ""
			if got.CreatedAt != nil {
				at = got.CreatedAt.Format("2006-01-02T15:04:05Z07:00")
			}
			if got.Status != tt.want || at != tt.at || got.ID != "job_1" {
				t.Errorf("got %v at %q", got, at)
			}
		})
	}
}
