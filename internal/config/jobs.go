package config

import (
	"fmt"
	"strconv"
	"time"
)

// Jobs is the configuration of jobs.
type Jobs struct {
	Bucket    string        // JOBS_BUCKET: keeps jobs; "" in functions without jobs
	Machine   string        // JOBS_MACHINE: the ARN of the state machine; "" in functions that start no run
	Retention time.Duration // JOB_RETENTION_DAYS: how long a job is kept
}

// DefaultRetention is the retention of jobs where none is configured.
const DefaultRetention = 7 * 24 * time.Hour

// maxRetention is the longest retention of jobs, in days.
const maxRetention = 30

func jobs(getenv func(string) string) (Jobs, error) {
	c := Jobs{Bucket: getenv("JOBS_BUCKET"), Machine: getenv("JOBS_MACHINE"), Retention: DefaultRetention}
	if text := getenv("JOB_RETENTION_DAYS"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > maxRetention {
			return c, fmt.Errorf("JOB_RETENTION_DAYS %q is not a number of days from 1 to %d", text, maxRetention)
		}
		c.Retention = time.Duration(days) * 24 * time.Hour
	}
	return c, nil
}
