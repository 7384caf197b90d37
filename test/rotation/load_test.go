// Package rotation changes the applications' secrets while the service is at
// work: real containers, each with its own caches, the rotation function, a
// Secrets Manager and a tenant of which some nodes know only the old secret and
// some only the new.
package rotation

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/rotation"
	"usher/localtenant"
)

// 200 requests a second for a minute. The seconds are the clock's, which all
// share and the test moves; the requests of each come as fast as they go.
const (
	seconds    = 60
	perSecond  = 200 / share
	signIns    = 10 / share // begun in each second, and finished in another one
	refreshes  = 10 / share // in each second; all else is reads
	containers = 12 / share
	atOnce     = 8

	begins   = 5                // the second in which the rotation begins
	lag      = 30 * time.Second // until all of the tenant knows the new secret
	between  = 7                // seconds from the beginning of a sign-in to its end
	tokenLed = 5*time.Minute + time.Second
)

func TestNoRequestFailsWhileTheSecretsChange(t *testing.T) {
	for name, tt := range map[string]struct {
		nodes     localtenant.Nodes
		apps      int
		perSecond int
	}{
		"every request finds another node, two applications":   {localtenant.NodesByRequest, 2, perSecond},
		"every connection finds another node, one application": {localtenant.NodesByConnection, 1, perSecond / 4},
	} {
		if testing.Short() && tt.apps == 1 {
			continue // the other case is a sample
		}
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				tt.perSecond = perSecond / 4
			}
			s := start(t, tt.nodes, tt.apps)
			old := s.vault.Text("AWSCURRENT")
			s.load(t, tt.perSecond)
			s.wantRotated(t, old)
			stats := s.tenant.Tenant.Stats()
			refused := stats.Routes["POST /oauth/token"] - stats.Tokens
			reads := s.vault.Calls("GetSecretValue")
			t.Logf("%d requests, of which %d failed; %d tokens, %d refusals of a secret, %d reads of it",
				s.sent.Load(), s.failed.Load(), stats.Tokens, refused, reads)
			if s.sent.Load() != int64(seconds*tt.perSecond) || s.failed.Load() != 0 {
				t.Errorf("%d of %d requests failed", s.failed.Load(), s.sent.Load())
			}
			if refused < containers {
				t.Errorf("only %d refusals: this proves nothing", refused)
			}
			// Three versions every five seconds while it changes, for either application;
			// and the secret itself at the start, and after five minutes.
			if most := (containers + 1) * (2*3*(int(lag.Seconds())/5+1) + 2); reads > most {
				t.Errorf("the secret was read %d times, want at most %d", reads, most)
			}
			for line := range strings.Lines(s.log.String()) {
				if strings.Contains(line, `"level":"WARN"`) || strings.Contains(line, `"level":"ERROR"`) {
					t.Fatalf("the log says %s", line)
				}
			}
		})
	}
}

// load runs the requests of each second, and one after the other the rotation's
// steps beside them.
func (s *service) load(t *testing.T, perSecond int) {
	steps := s.rotation(t)
	var open [][]*signIn // begun in each second
	for second := range seconds {
		s.second.Store(int64(second))
		var jobs []func()
		begun := make([]*signIn, signIns)
		for i := range signIns {
			jobs = append(jobs, func() { begun[i] = s.beginSignIn(second + i) })
		}
		finish := make([]*signIn, signIns) // in the first seconds there are none yet: they are read in place
		if second >= between {
			finish = open[second-between]
		}
		for i, in := range finish {
			jobs = append(jobs, func() { s.finishSignIn(second+i+1, i, in) })
		}
		for i := range refreshes {
			jobs = append(jobs, func() { s.refresh(second+i, i) })
		}
		for i := range perSecond - 2*signIns - refreshes {
			jobs = append(jobs, func() { s.read(i) })
		}
		if second >= begins {
			steps.resume()
		}
		run(jobs)
		if second >= begins {
			steps.await()
		}
		open = append(open, begun)
		s.clock.Advance(time.Second)
	}
	for range 120 { // the test of the new secret may have been unlucky for long
		if steps.ended() {
			break
		}
		s.clock.Advance(time.Second)
		steps.resume()
		steps.await()
	}
	if steps.err != nil || !steps.ended() {
		t.Fatalf("the rotation: %v", steps.err)
	}
}

// run does the jobs, some at once.
func run(jobs []func()) {
	queue := make(chan func())
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for job := range queue {
				job()
			}
		})
	}
	for _, job := range jobs {
		queue <- job
	}
	close(queue)
	wg.Wait()
}

// wantRotated wants another secret at the provider and in the vault, the same in
// both, and the old one refused.
func (s *service) wantRotated(t *testing.T, before string) {
	t.Helper()
	s.clock.Advance(lag)
	old, fresh := parse(t, before), parse(t, s.vault.Text("AWSCURRENT"))
	if s.vault.Text("AWSPREVIOUS") != before || old == fresh {
		t.Error("the current version is the old one")
	}
	apps := s.rotator.Auth0().Applications()
	if err := apps.Accepts(t.Context(), fresh); err != nil {
		t.Errorf("the new secrets: %v", err)
	}
	if apps.Accepts(t.Context(), old) == nil {
		t.Error("the old secrets are still good")
	}
	got := s.containers[0].call(http.MethodGet, "/users/"+ada, "", nil)
	if got.Code != http.StatusOK {
		t.Errorf("afterwards: %d %s", got.Code, got.Body)
	}
}

// steps are the rotation function's, run one after the other. They stand still
// where one pauses, until the next second.
type steps struct {
	next, arrived chan struct{}
	over          bool
	err           error
}

func (s *steps) resume() {
	if !s.over {
		s.next <- struct{}{}
	}
}

// await waits until the steps pause or have ended.
func (s *steps) await() {
	if !s.over {
		_, more := <-s.arrived
		s.over = !more
	}
}

func (s *steps) ended() bool { return s.over }

func (s *service) rotation(t *testing.T) *steps {
	st := &steps{next: make(chan struct{}), arrived: make(chan struct{})}
	handle := rotation.Rotate(s.rotationOptions(st))
	ctx := t.Context()
	go func() {
		defer close(st.arrived)
		<-st.next
		version := s.vault.BeginRotation()
		for _, step := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
			if err := handle(ctx, rotation.Event{Step: step, SecretID: "usher/auth", Version: version}); err != nil {
				st.err = fmt.Errorf("%s: %w", step, err)
				return
			}
		}
	}()
	return st
}
