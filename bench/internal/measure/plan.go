// Package measure runs the targets side by side.
package measure

import (
	"fmt"
	"time"
)

// Cell is one setting in which all targets of an operation are measured.
type Cell struct {
	Delay    time.Duration // of the provider
	Workers  int           // requests in flight
	Interval time.Duration // of the schedule of an open loop; 0 for a closed loop
	Repeats  int           // blocks of each target in a round
	Requests int           // in a block
}

// String names the cell.
func (c Cell) String() string {
	loop := "closed loop"
	if c.Interval > 0 {
		loop = fmt.Sprintf("open loop, a request every %v", c.Interval)
	}
	return fmt.Sprintf("provider's delay %v, %d in flight, %s", c.Delay, c.Workers, loop)
}

// Key identifies a cell without its size.
type Key struct {
	Delay   time.Duration
	Workers int
	Open    bool
}

// Key returns the cell's key.
func (c Cell) Key() Key { return Key{c.Delay, c.Workers, c.Interval > 0} }

const ms = time.Millisecond

// Plan is what a run measures.
type Plan struct {
	Rounds int
	Cells  []Cell
}

// Full takes about 15 minutes. With one request in flight, a block is one request: the targets
// alternate, so that slow changes of the machine are the same for all of them.
var Full = Plan{Rounds: 5, Cells: []Cell{
	{0, 1, 0, 150, 1},
	{40 * ms, 1, 0, 12, 1},
	{120 * ms, 1, 0, 2, 1},
	{0, 16, 0, 1, 160},
	{40 * ms, 16, 0, 1, 48},
	{120 * ms, 16, 0, 1, 16},
	{0, 1, 10 * ms, 1, 20},
	{40 * ms, 1, 100 * ms, 1, 3},
	{120 * ms, 1, 150 * ms, 1, 2},
	{0, 16, 4 * ms, 1, 25},
	{40 * ms, 16, 10 * ms, 1, 12},
	{120 * ms, 16, 20 * ms, 1, 8},
}}

// Short takes a few minutes. Its intervals are wide.
var Short = Plan{Rounds: 5, Cells: []Cell{
	{0, 1, 0, 40, 1},
	{40 * ms, 1, 0, 4, 1},
	{0, 16, 0, 1, 64},
	{40 * ms, 16, 10 * ms, 1, 16},
}}
