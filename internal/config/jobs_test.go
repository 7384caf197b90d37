package config

import (
	"strings"
	"testing"
	"time"
)

func TestJobs(t *testing.T) {
	for days, want := range map[string]time.Duration{"": 7 * 24 * time.Hour, "1": 24 * time.Hour, "30": 30 * 24 * time.Hour} {
		env := map[string]string{"JOBS_BUCKET": "bucket", "JOBS_MACHINE": "arn", "JOB_RETENTION_DAYS": days}
		got, err := jobs(func(name string) string { return env[name] })
		if got != (Jobs{Bucket: "bucket", Machine: "arn", Retention: want}) || err != nil {
			t.Errorf("%q days: %+v, %v", days, got, err)
		}
	}
	for _, days := range []string{"0", "31", "-1", "7d", "1.5"} {
		_, err := FromEnv(func(name string) string { return map[string]string{"JOB_RETENTION_DAYS": days}[name] })
		if err == nil || !strings.Contains(err.Error(), "JOB_RETENTION_DAYS") {
			t.Errorf("%q days: %v", days, err)
		}
	}
}
