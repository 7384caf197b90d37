package events

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

func at(ms int) *time.Time {
	t := time.Date(2026, 1, 1, 0, 0, 0, ms*1e6, time.UTC)
	return &t
}

func TestPosition(t *testing.T) {
	var start *Position
	a, b, c, d := Event{ID: "a", At: at(3)}, Event{ID: "b", At: at(2)}, Event{ID: "c", At: at(2)}, Event{ID: "d", At: at(1)}
	if start.Has(a) {
		t.Error("the beginning has an event")
	}
	one := start.After([]Event{a, b}, 2)
	two := one.After([]Event{c}, 3)
	tests := map[string]struct {
		position *Position
		event    Event
		want     bool
	}{
		"newer":                       {one, Event{ID: "new", At: at(9)}, true},
		"answered":                    {one, b, true},
		"of that instant, not yet":    {one, c, false},
		"older":                       {one, d, false},
		"of that instant, a page ago": {two, b, true},
		"of that instant, just now":   {two, c, true},
		"late, of that instant":       {two, Event{ID: "late", At: at(2)}, false},
	}
	for name, tt := range tests {
		if got := tt.position.Has(tt.event); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if one.Passed != 2 || two.Passed != 3 || len(one.Seen) != hashSize || len(two.Seen) != 2*hashSize {
		t.Errorf("%+v and %+v", one, two)
	}
	if three := two.After([]Event{d}, 4); len(three.Seen) != hashSize {
		t.Errorf("%+v remembers what lies behind", three)
	}
}

// Events whose dates cannot be read are told apart by their ids, wherever they are.
func TestPositionWithoutDates(t *testing.T) {
	var start *Position
	x, a, y, b := Event{ID: "x"}, Event{ID: "a", At: at(3)}, Event{ID: "y"}, Event{ID: "b", At: at(2)}
	one := start.After([]Event{x}, 1)
	two := one.After([]Event{a, y}, 3)
	for name, tt := range map[string]struct {
		position *Position
		event    Event
		want     bool
	}{
		"answered":                     {one, x, true},
		"another":                      {one, y, false},
		"dated, none of those was yet": {one, a, false},
		"a page ago":                   {two, x, true},
		"behind one with a date":       {two, y, true},
		"with a date":                  {two, a, true},
		"the next":                     {two, b, false},
	} {
		if got := tt.position.Has(tt.event); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A thousand events of one instant still make a cursor that the gateway takes:
// sealing makes four bytes of three.
func TestPositionIsSmall(t *testing.T) {
	var all []Event
	for i := range 1000 {
		all = append(all, Event{ID: fmt.Sprint(i), At: at(1)})
	}
	var start *Position
	encoded, err := json.Marshal(start.After(all, 1000))
	if err != nil || len(encoded)*4/3 > 8<<10 {
		t.Errorf("%d bytes, %v", len(encoded), err)
	}
}
