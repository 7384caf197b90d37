package rotation

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets"
)

func TestTestSecretWaitsForAllNodes(t *testing.T) {
	r := begin(t, one)
	r.must("createSecret", "setSecret")
	r.provider.refusals = 30
	r.must("testSecret")
	if r.paused != 30+requiredAccepts-1 {
		t.Errorf("%d pauses", r.paused)
	}
	r.provider.refusals, r.paused, r.most = 1000, 0, 5
	err := r.step("testSecret")
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errNotNow) {
		t.Errorf("%v does not contain the cause", err)
	}
	if r.vault.Text("AWSCURRENT") != one {
		t.Error("the pending version became current")
	}
}

// A version that the provider does not accept never becomes the current one, even if the
// operator continues after failed steps.
func TestStepsAfterAFailure(t *testing.T) {
	r := begin(t, one)
	r.provider.setErr["web"] = errNotNow
	r.most = 2
	r.must("createSecret")
	for _, name := range steps[1:] {
		if err := r.step(name); err == nil {
			t.Errorf("%s succeeds", name)
		}
		r.paused = 0
	}
	if r.vault.Text("AWSCURRENT") != one || r.vault.Text("AWSPREVIOUS") != "" {
		t.Errorf("%s is current", r.vault.Text("AWSCURRENT"))
	}
	r = begin(t, one)
	if err := r.step("finishSecret"); err == nil || r.vault.Text("AWSCURRENT") != one {
		t.Errorf("a version without a value is current: %v", err)
	}
	r.must(steps[:3]...)
	r.provider.refusals, r.most = 1000, 3
	if err := r.step("finishSecret"); !errors.Is(err, context.DeadlineExceeded) || r.vault.Text("AWSCURRENT") != one {
		t.Errorf("%v", err)
	}
}

// If the provider refuses the current version, AWSPREVIOUS may be the valid one. A rotation
// must not discard it.
func TestCreateSecretRequiresAValidCurrentVersion(t *testing.T) {
	r := begin(t, two)
	r.provider.set["machine"], r.most = "another", 3
	if err := r.step("createSecret"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not accept the current secret") {
		t.Errorf("%v", err)
	}
	if r.vault.Text("AWSPENDING") != "" {
		t.Error("a secret was created")
	}
	r.provider.set["machine"], r.most, r.provider.refusals = "s3cr3t-machine", 60, 3 // corrected, but some nodes still refuse it
	r.must(steps...)
}

// All tests in a row must succeed.
func TestFailedTestRestartsTheCount(t *testing.T) {
	r := begin(t, one)
	r.must("createSecret", "setSecret")
	inner := r.provider
	n := 0
	r.handle = Rotate(Options{Secrets: []string{"usher/auth"}, Vault: secrets.NewVault(), Provider: &flaky{inner, &n}, Pause: func(context.Context, time.Duration) error { return nil }})
	r.must("testSecret")
	if n != 4+5 { // the fourth failed
		t.Errorf("%d tests", n)
	}
}

type flaky struct {
	*provider
	n *int
}

func (f *flaky) Accepts(ctx context.Context, c secrets.Credentials) error {
	if *f.n++; *f.n == 4 {
		return errNotNow
	}
	return f.provider.Accepts(ctx, c)
}
