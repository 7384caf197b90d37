// Package quota limits processes to a share of a processor, as Lambda does by memory size.
package quota

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Group is a control group of processes (cgroup).
type Group struct {
	folder string
	v2     bool
}

// smallest is the smallest quota that Linux accepts.
const smallest = time.Millisecond

// ErrTooSmall means that the share of a period is less than Linux's smallest quota.
var ErrTooSmall = errors.New("the share of this period is less than 1 ms, the smallest quota of Linux")

// NewGroup makes a control group below the file system of cgroups, which is usually
// /sys/fs/cgroup, in version 1 or 2.
func NewGroup(root, name string) (*Group, error) {
	g := &Group{folder: filepath.Join(root, "cpu", name)}
	if controllers, err := os.ReadFile(filepath.Join(root, "cgroup.controllers")); err == nil {
		if !strings.Contains(string(controllers), "cpu") {
			return nil, errors.New("the cgroups have no controller cpu")
		}
		g = &Group{folder: filepath.Join(root, name), v2: true}
	}
	if err := os.Mkdir(g.folder, 0o755); err != nil {
		return nil, fmt.Errorf("make a cgroup: %w", err)
	}
	return g, nil
}

// Limit gives the group a share of one processor in each period.
func (g *Group) Limit(share float64, period time.Duration) error {
	quota := time.Duration(share * float64(period))
	if quota < smallest {
		return ErrTooSmall
	}
	q, p := strconv.FormatInt(quota.Microseconds(), 10), strconv.FormatInt(period.Microseconds(), 10)
	if g.v2 {
		return g.write("cpu.max", q+" "+p)
	}
	// The quota may be at most the period, whichever changes first.
	return errors.Join(g.write("cpu.cfs_quota_us", "-1"), g.write("cpu.cfs_period_us", p), g.write("cpu.cfs_quota_us", q))
}

// Add moves a process into the group.
func (g *Group) Add(pid int) error { return g.write("cgroup.procs", strconv.Itoa(pid)) }

func (g *Group) write(name, value string) error {
	file, err := os.OpenFile(filepath.Join(g.folder, name), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("limit a cgroup: %w", err)
	}
	_, err = file.WriteString(value)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("limit a cgroup: %w", err)
	}
	return nil
}

// Close removes the group. Its processes must have ended.
func (g *Group) Close() error { return os.Remove(g.folder) }
