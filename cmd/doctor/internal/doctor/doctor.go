// Package doctor examines a deployment: its configuration, its secret, the tenant with its setup,
// and the VPC endpoints. It changes nothing.
//
// It first gathers the facts (gather*.go), each with the reason for its absence. Then every check
// (checks.go) derives its result from the facts.
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"usher/internal/config"
	"usher/internal/permission"
	"usher/internal/secrets"
)

// Outcome is the outcome of a check.
type Outcome string

// The outcomes.
const (
	OK         Outcome = "ok"
	Warning    Outcome = "warning" // it works; look at it
	Wrong      Outcome = "wrong"   // something does not work, or will not
	NotChecked Outcome = "not checked"
)

// Result is the result of a check. Finding and Advice are single lines for people. ID does not
// change between releases.
type Result struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Outcome Outcome `json:"outcome"`
	Finding string  `json:"finding"`          // for "not checked", why
	Advice  string  `json:"advice,omitempty"` // what to do, if anything
}

// Patient is the deployment to examine.
type Patient struct {
	Config      config.Config
	Wrong       error               // all that is wrong with the configuration
	Unknown     []string            // names in a file that mean nothing
	Credentials secrets.Credentials // of a file
	SecretID    string              // or of Secrets Manager
	Limits      string              // FRONTEND_LIMITS: the policy document, "" for none
	Tokens      *config.Authorizer  // which tokens front-ends send; nil: they sign
	Groups      []permission.Group  // that are in use
	Rotation    bool                // the secrets are changed by functions/rotatesecret
	Endpoints   []string            // ids of VPC endpoints
}

// Instruments are the doctor's access to the outside.
type Instruments struct {
	Now       func() time.Time
	Getenv    func(string) string // where AWS is
	Transport http.RoundTripper   // to the tenant; nil: one as the service has
	Deadline  time.Duration       // for one call to the tenant, and doubled for AWS; 0 for 8 s
}

// Examine makes all checks.
func Examine(ctx context.Context, p Patient, with Instruments) []Result {
	with.Deadline = cmp.Or(with.Deadline, 8*time.Second)
	f := gather(ctx, p, with)
	var results []Result
	for _, c := range checks {
		r := f.unmet(c.needs)
		if r.Outcome == "" {
			r = c.look(f)
		}
		r.ID, r.Title = c.id, c.title
		results = append(results, r)
	}
	return results
}

func fine(format string, args ...any) Result {
	return Result{Outcome: OK, Finding: fmt.Sprintf(format, args...)}
}

func warn(finding, advice string) Result {
	return Result{Outcome: Warning, Finding: finding, Advice: advice}
}

func wrong(finding, advice string) Result {
	return Result{Outcome: Wrong, Finding: finding, Advice: advice}
}

// unchecked says why a check was not made, and how to enable it, if possible.
func unchecked(why, how string) Result {
	return Result{Outcome: NotChecked, Finding: why, Advice: how}
}
