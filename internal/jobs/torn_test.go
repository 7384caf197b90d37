package jobs_test

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"usher/internal/jobs"
)

// torn is a store that tears the reading of a job: the objects with the names in early are read before change,
// and the others after it.
type torn struct {
	jobs.Store
	change  func()
	read    sync.WaitGroup // the early objects
	changed chan struct{}

	mu    sync.Mutex
	early []string
	begun bool
}

func (s *torn) Get(ctx context.Context, key string) ([]byte, string, error) {
	switch name := path.Base(key); {
	case name == "manifest":
	case s.isEarly(name):
		defer s.read.Done()
	case s.isFirst():
		s.read.Wait()
		s.change()
		close(s.changed)
	default:
		<-s.changed // a mutex would stop the time of synctest
	}
	return s.Store.Get(ctx, key)
}

func (s *torn) isEarly(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.early, name)
	if i >= 0 {
		s.early = slices.Delete(s.early, i, i+1)
	}
	return i >= 0
}

// isFirst reports whether a read is the first of the late ones.
func (s *torn) isFirst() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	begun := s.begun
	s.begun = true
	return !begun
}

// The objects of a job are read at once, while others write. Whichever were read before the
// writes: a job never goes back, and the same confirmation again succeeds.
func TestReadsWhileAJobChanges(t *testing.T) {
	confirm := func(w *world, id string) answer {
		return w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":3}`)
	}
	begin := func(w *world, id string) {
		confirm(w, id)
		w.pause(true)
		if _, err := w.leg(w.runs[w.begun[1]]); err != nil {
			w.t.Error(err)
		}
		w.pause(false)
	}
	end := func(w *world, id string) { confirm(w, id); w.work() }
	for name, change := range map[string]func(w *world, id string){
		"confirmed": func(w *world, id string) { confirm(w, id) },
		"begun":     begin,
		"stopped":   func(w *world, id string) { begin(w, id); w.send("DELETE", "/jobs/"+id+"?if_confirmed=stop", "") },
		"ended":     end,
		"erased":    func(w *world, id string) { end(w, id); w.send("DELETE", "/jobs/"+id, "") },
	} {
		for _, early := range subsets("state", "decision", "end", "stop", "erased", "started") {
			t.Run(name+" after "+strings.Join(early, " and "), func(t *testing.T) {
				for _, again := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						w := newWorld(t)
						id := w.start("/user-deletions", lines(many(3)...))
						w.work()

						reader, store := newWorld(t), &torn{Store: w.store, early: slices.Clone(early), changed: make(chan struct{})}
						reader.vault, reader.mortal.Store = w.vault, store
						store.read.Add(len(early))
						store.change = func() { change(w, id) }
						if again {
							if got := confirm(reader, id); got.status != 202 {
								t.Errorf("the confirmation again: %s", got.short())
							}
							return
						}
						if got := reader.get(id); got.status != 200 || got.job.Status == "pending" {
							t.Errorf("the job is %s again", got.short())
						}
					})
				}
			})
		}
	}
}

// subsets returns all subsets of the names but the whole.
func subsets(names ...string) (all [][]string) {
	for bits := range 1<<len(names) - 1 {
		var some []string
		for i, name := range names {
			if bits&(1<<i) != 0 {
				some = append(some, name)
			}
		}
		all = append(all, some)
	}
	return all
}
