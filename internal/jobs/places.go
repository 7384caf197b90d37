package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"usher/internal/problem"
)

// place is the content of a front-end's place. It is not sealed, since it has only an ID: a writer to the
// store can occupy and free places, and nothing more.
type place struct {
	Job   string `json:"job,omitempty"` // "" for a free place
	Taken int64  `json:"taken,omitempty"`
}

const (
	// abandonedAfter is the age of a start that has not written its manifest, or not told the engine, after
	// which it is taken as interrupted. A request ends before.
	abandonedAfter = time.Minute
	// renewedAfter is the age after which a place is renewed before another start of the same job uses it.
	renewedAfter = 10 * time.Second
	// busyRetryAfter is what a front-end without a free place is told to wait.
	busyRetryAfter = 30 * time.Second
)

func (s *Service) newPlace(id string) []byte {
	encoded, _ := json.Marshal(place{Job: id, Taken: s.now().Unix()}) // it has only a string and a number
	return encoded
}

var freePlace = []byte("{}")

func (p place) age(now time.Time) time.Duration { return now.Sub(time.Unix(p.Taken, 0)) }

// takePlace takes one of the front-end's places for a job, and returns its key. All starts of one job try the
// places in the same order, so that they take one place together. frontEnds are the front-end's folders.
func (s *Service) takePlace(ctx context.Context, frontEnds []string, id string) (string, error) {
	type held struct {
		slot  int
		place place
	}
	var taken []held
	for _, slot := range slotsOf(id) {
		busy, err := s.heldBefore(ctx, frontEnds[1:], slot)
		if err != nil {
			return "", err
		}
		if busy {
			continue
		}
		key := placeKey(frontEnds[0], slot)
		if created, err := s.opts.Store.Create(ctx, key, s.newPlace(id)); created || err != nil {
			return key, unavailable(err)
		}
		found, version, err := s.readPlace(ctx, key)
		if err != nil {
			return "", err
		}
		if found.Job == "" || found.Job == id {
			if found.Job == id && found.age(s.now()) < renewedAfter {
				return key, nil
			}
			if replaced, err := s.opts.Store.Replace(ctx, key, version, s.newPlace(id)); replaced || err != nil {
				return key, unavailable(err)
			}
			continue
		}
		taken = append(taken, held{slot, found})
	}
	for _, h := range taken {
		over, err := s.isOver(ctx, h.place)
		if err != nil {
			return "", err
		}
		if !over {
			continue
		}
		key := placeKey(frontEnds[0], h.slot)
		now, version, err := s.readPlace(ctx, key) // the job may have freed it just now
		if err != nil {
			return "", err
		}
		if now.Job != "" && now != h.place {
			continue
		}
		if replaced, err := s.opts.Store.Replace(ctx, key, version, s.newPlace(id)); replaced || err != nil {
			return key, unavailable(err)
		}
	}
	busy := problem.TooManyJobs.New(fmt.Sprintf("The front-end runs %d jobs, which is the maximum. Wait until one ends and retry.", placesPerFrontEnd))
	busy.RetryAfter = busyRetryAfter
	return "", busy
}

// slotsOf returns the numbers of the places in the order for a job.
func slotsOf(id string) []int {
	first, _ := strconv.ParseUint(id[:8], 16, 64) // the ID is hexadecimal
	var slots []int
	for i := range placesPerFrontEnd {
		slots = append(slots, int((first+uint64(i))%placesPerFrontEnd))
	}
	return slots
}

// heldBefore reports whether a running job holds the place under a previous name of the front-end.
func (s *Service) heldBefore(ctx context.Context, previous []string, slot int) (bool, error) {
	for _, name := range previous {
		found, _, err := s.readPlace(ctx, placeKey(name, slot))
		if err != nil {
			return false, err
		}
		over := found.Job == ""
		if !over {
			if over, err = s.isOver(ctx, found); err != nil {
				return false, err
			}
		}
		if !over {
			return true, nil
		}
	}
	return false, nil
}

// readPlace returns a place. An absent or unreadable one is free.
func (s *Service) readPlace(ctx context.Context, key string) (found place, version string, err error) {
	body, version, err := s.opts.Store.Get(ctx, key)
	if errors.Is(err, ErrNoObject) {
		return place{}, "", nil
	}
	if err != nil {
		return place{}, "", unavailable(err)
	}
	if malformed := json.Unmarshal(body, &found); malformed != nil || !idForm.MatchString(found.Job) {
		found = place{}
	}
	return found, version, nil
}

// isOver reports whether the job in a place has ended, or was never started.
func (s *Service) isOver(ctx context.Context, p place) (bool, error) {
	j, err := s.load(ctx, p.Job)
	if problem.Is(err, problem.JobNotFound) {
		return p.age(s.now()) >= abandonedAfter, nil
	}
	if err != nil {
		return false, err
	}
	return j.end != nil, nil
}

// leavePlace frees the job's place, unless another job has it.
func (s *Service) leavePlace(ctx context.Context, key, id string) error {
	found, version, err := s.readPlace(ctx, key)
	if err != nil || found.Job != id {
		return err
	}
	_, err = s.opts.Store.Replace(ctx, key, version, freePlace)
	return unavailable(err)
}
