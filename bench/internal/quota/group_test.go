package quota_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/bench/internal/quota"
)

// The files are those of the kernel, here in a folder: what is written is compared.
func TestLimit(t *testing.T) {
	tests := map[string]struct {
		controllers string // of version 2; "" for version 1
		folder      string
		want        map[string]string
	}{
		"version 1": {"", "cpu/bench", map[string]string{"cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "5000", "cgroup.procs": "42"}},
		"version 2": {"cpuset cpu io", "bench", map[string]string{"cpu.max": "5000 20000", "cgroup.procs": "42"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if tt.controllers != "" {
				write(t, filepath.Join(root, "cgroup.controllers"), tt.controllers)
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(root, tt.folder)), 0o755); err != nil {
				t.Fatal(err)
			}
			g, err := quota.NewGroup(root, "bench")
			if err != nil {
				t.Fatal(err)
			}
			for file := range tt.want {
				write(t, filepath.Join(root, tt.folder, file), "")
			}
			if err := errors.Join(g.Limit(0.25, 20*time.Millisecond), g.Add(42)); err != nil {
				t.Fatal(err)
			}
			for file, want := range tt.want {
				got, err := os.ReadFile(filepath.Join(root, tt.folder, file))
				if err != nil || !strings.HasSuffix(string(got), want) {
					t.Errorf("%s: got %q, %v, want %q", file, got, err, want)
				}
			}
			if err := g.Limit(0.05, 10*time.Millisecond); !errors.Is(err, quota.ErrTooSmall) {
				t.Errorf("0.5 ms in 10 ms: %v", err)
			}
		})
	}
}

func TestNoController(t *testing.T) {
	root := t.TempDir()
	if _, err := quota.NewGroup(root, "bench"); err == nil {
		t.Error("a group without cgroups")
	}
	write(t, filepath.Join(root, "cgroup.controllers"), "memory")
	if _, err := quota.NewGroup(root, "bench"); err == nil {
		t.Error("a group without the controller")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
