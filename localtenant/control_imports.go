package localtenant

import "fmt"

// Imports says how jobs that import users run, from their start to their end. Time is the tenant's.
type Imports struct {
	PerJob    Duration `json:"per_job"`    // how long a job is pending
	PerUser   Duration `json:"per_user"`   // how long each of its users then takes
	Limit     int      `json:"limit"`      // how many run at a time; 0 is no limit
	Fail      int      `json:"fail"`       // how many of the next jobs fail without errors and without a summary
	FailAfter int      `json:"fail_after"` // how many users such a job imports all the same
}

func (i Imports) validate() error {
	for _, c := range []struct {
		name string
		n    int
	}{
		{"per_job", int(i.PerJob)}, {"per_user", int(i.PerUser)}, {"limit", i.Limit}, {"fail", i.Fail}, {"fail_after", i.FailAfter},
	} {
		if c.n < 0 {
			return fmt.Errorf("imports.%s: want no negative value", c.name)
		}
	}
	return nil
}
