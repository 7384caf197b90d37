package secrets

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/problem"
)

func TestVersions(t *testing.T) {
	const broken = `{"client_secret":"s3cr3t`
	tests := map[string]struct {
		current, pending, previous string        // domains; "" for none
		age                        time.Duration // of the current version; 0 for unknown
		others                     string
		changing                   bool
	}{
		"never rotated":                      {"a", "", "", time.Hour, "", false},
		"just created":                       {"a", "", "", time.Second, "", true},
		"rotated long ago":                   {"b", "", "a", time.Hour, "a", false},
		"rotated at an unknown time":         {"b", "", "a", 0, "a", false},
		"rotated just now":                   {"b", "", "a", settling - 1, "a", true},
		"settled":                            {"b", "", "a", settling, "a", false},
		"during a rotation":                  {"b", "c", "a", time.Hour, "c a", true},
		"during the first rotation":          {"a", "b", "", time.Hour, "b", true},
		"finished, label kept":               {"b", "b", "a", time.Second, "a", true},
		"finished long ago, label kept":      {"b", "b", "a", time.Hour, "a", false},
		"manual rotation after a failed one": {"b", "c", "a", time.Second, "c a", true},
		"the clocks differ":                  {"b", "", "a", -time.Minute, "a", true},
		"the other versions are malformed":   {"b", broken, broken, time.Hour, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, v, c, log := managed()
			for stage, domain := range map[string]string{stageCurrent: tt.current, stagePending: tt.pending, stagePrevious: tt.previous} {
				switch domain {
				case "":
					delete(v.stages, stage)
				case broken:
					v.set(stage, broken)
				default:
					v.set(stage, secretAt(domain+".example.com"))
				}
			}
			if tt.age != 0 {
				v.made = map[string]time.Time{stageCurrent: c.Now().Add(-tt.age)}
			}
			got, err := m.Versions(t.Context())
			if err != nil || got.Current.Domain != tt.current+".example.com" {
				t.Fatalf("%v, %v", got, err)
			}
			var others []string
			for _, o := range got.Others() {
				others = append(others, strings.TrimSuffix(o.Domain, ".example.com"))
			}
			if strings.Join(others, " ") != tt.others || got.Changing() != tt.changing {
				t.Errorf("others %v, changing %v; want %q, %v", others, got.Changing(), tt.others, tt.changing)
			}
			if warned := strings.Contains(log.String(), "could not be read"); warned != (tt.pending == broken) || strings.Contains(log.String(), hidden) {
				t.Errorf("the log says %q", log)
			}
		})
	}
}

func TestVersionsUpdatesTheCache(t *testing.T) {
	m, v, _, _ := managed()
	domainOf(t, m.Current)
	v.set(stageCurrent, secretAt("b.example.com"))
	if _, err := m.Versions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := domainOf(t, m.Current); got != "b.example.com" {
		t.Errorf("afterwards %q is in use", got)
	}
}

func TestVersionsFails(t *testing.T) {
	m, v, _, _ := managed()
	v.fail(errors.New("connection refused"))
	_, err := m.Versions(t.Context())
	wantProblem(t, err, problem.ServiceUnavailable, "connection refused")
}

func TestVersionsReadsOnceForConcurrentCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, v, _, _ := managed()
		v.delay = time.Second
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if got, err := m.Versions(t.Context()); err != nil || got.Current.Domain != "a.example.com" {
					t.Errorf("%v, %v", got, err)
				}
			})
		}
		wg.Wait()
		if v.reads != 3 {
			t.Errorf("%d reads for 100 callers, want one per stage", v.reads)
		}
	})
}
