// Package doctor examines a deployment: its configuration, its secret, the tenant
// and what is set up there, and the VPC endpoint. It says, check by check, what is
// right and what to change, and changes nothing itself.
//
// First the facts are gathered (gather*.go), each with what kept it away; then
// every check (checks.go) makes its diagnosis of the facts alone.
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

// Outcome is what came of a check.
type Outcome string

// The outcomes.
const (
	OK         Outcome = "ok"
	Warning    Outcome = "warning" // it works; look at it
	Wrong      Outcome = "wrong"   // something does not work, or will not
	NotChecked Outcome = "not checked"
)

// Result is a check and what came of it. Finding and Advice are single lines for
// people; ID does not change from release to release.
type Result struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Outcome Outcome `json:"outcome"`
	Finding string  `json:"finding"`          // for "not checked", why
	Advice  string  `json:"advice,omitempty"` // what to do, where there is something
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

// Instruments are what to look with.
type Instruments struct {
	Now       func() time.Time
	Getenv    func(string) string // where AWS is
	Transport http.RoundTripper   // to the tenant; nil: one as the service has
	Deadline  time.Duration       // for one call to the tenant, and twice that for what is asked of AWS at once; 0 for 8 s
}

// Examine makes all checks, in the order in which they depend on each other.
func Examine(ctx context.Context, p Patient, with Instruments) []Result {
	with.Deadline = cmp.Or(with.Deadline, 8*time.Second)
	f := gather(ctx, p, with)
	results := make([]Result, 0, len(checks))
	for _, c := range checks {
		d := c.look(f)
		results = append(results, Result{ID: c.id, Title: c.title, Outcome: d.outcome, Finding: d.finding, Advice: d.advice})
	}
	return results
}

// diagnosis is a Result without its name.
type diagnosis struct {
	outcome         Outcome
	finding, advice string
}

func fine(format string, args ...any) diagnosis {
	return diagnosis{outcome: OK, finding: fmt.Sprintf(format, args...)}
}

func warn(finding, advice string) diagnosis { return diagnosis{Warning, finding, advice} }

func wrong(finding, advice string) diagnosis { return diagnosis{Wrong, finding, advice} }

// unchecked says why a check was not made, and what would allow it, if anything.
func unchecked(why, how string) diagnosis { return diagnosis{NotChecked, why, how} }
