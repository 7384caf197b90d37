package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"usher/internal/problem"
	"usher/internal/quota"
)

const (
	// inFlight is the number of records in work at once.
	inFlight = 4
	// reserved is the number of records that are stored as begun at once.
	reserved = 40
	// flushInterval is the time between two writes of a chunk's results.
	flushInterval = time.Second
	// recordTime is the longest time for one record. It is less than reserve.
	recordTime = 15 * time.Second
	// maxAttempts is the number of failures of the provider at one record, while others succeed, after which
	// the record has failed.
	maxAttempts = 8
)

// pass carries out the records of one chunk.
type pass struct {
	one     One
	r       Run
	chunk   int
	records []Record
	results []Result
	stalls  int

	queue    []int // the positions of records to do
	busy     int
	attempts map[int]int
	fresh    map[int]bool // records that this pass has not begun
	answers  chan answer
	changed  bool      // since the last flush
	hold     time.Time // no record begins before
	stall    int       // the number of the current stall: records that began before it stall no further
	wait     time.Duration
}

// answer is what came of one attempt at a record.
type answer struct {
	at     int
	stall  int // when the attempt began
	result Result
	err    error
}

func newPass(ctx context.Context, one One, r Run, at eachPosition) (*pass, error) {
	p := &pass{one: one, r: r, chunk: at.Chunk, stalls: at.Stalls, attempts: map[int]int{}, fresh: map[int]bool{}, answers: make(chan answer)}
	stored, err := r.Results(ctx, at.Chunk)
	if err != nil {
		return nil, err
	}
	p.results, p.changed = stored, true // an interrupted leg may have stored the results, and not their number
	if len(stored) == r.Manifest().Chunks[at.Chunk].Records && !slices.ContainsFunc(stored, p.isOpen) {
		return p, nil // the input may be deleted already
	}
	if p.records, err = r.Records(ctx, at.Chunk); err != nil {
		return nil, err
	}
	if len(stored) < len(p.records) {
		p.results = Initial(r.Manifest(), p.records)
	}
	for i, result := range p.results {
		if p.isOpen(result) {
			p.queue = append(p.queue, i)
			p.fresh[i] = !result.Begun
		}
	}
	return p, nil
}

// isOpen reports whether this run has to do the record.
func (p *pass) isOpen(result Result) bool {
	if p.r.Confirmed() {
		return result.Outcome == RecordPlanned
	}
	return result.Outcome == RecordPending
}

// keepsInput reports whether a later run needs the chunk's input.
func (p *pass) keepsInput() bool {
	return slices.ContainsFunc(p.results, func(x Result) bool { return x.Outcome == RecordPlanned })
}

// run does the chunk's records until they have results, or until it has to stop or to wait.
func (p *pass) run(ctx context.Context) (stop Stop, wait time.Duration, err error) {
	flush := time.NewTicker(flushInterval)
	defer flush.Stop()
	for {
		if err == nil {
			stop, err = p.r.Stopped(ctx)
		}
		for err == nil && stop == GoOn && p.wait == 0 && p.busy < inFlight && len(p.queue) > 0 && !p.r.Now().Before(p.hold) {
			if err = p.reserve(ctx); err == nil {
				p.begin(ctx)
			}
		}
		over := err != nil || stop != GoOn || p.wait > 0 || len(p.queue) == 0
		if p.busy == 0 && over {
			break
		}
		resume := time.NewTimer(max(0, p.hold.Sub(p.r.Now())))
		if p.busy > 0 && !p.r.Now().Before(p.hold) {
			resume.Stop() // an answer comes first
		}
		select {
		case a := <-p.answers:
			p.busy--
			p.take(ctx, a)
		case <-flush.C:
			if err == nil {
				err = p.flush(ctx)
			}
		case <-resume.C:
		}
		resume.Stop()
	}
	if stop == OnTimeOver && p.wait == 0 {
		p.wait = max(0, p.hold.Sub(p.r.Now()))
	}
	p.release()
	if failed := p.flush(ctx); err == nil {
		err = failed
	}
	return stop, p.wait, err
}

// reserve stores the next records as begun, unless the next one is. After a crash nothing else would tell
// whether they were carried out.
func (p *pass) reserve(ctx context.Context) error {
	if p.results[p.queue[0]].Begun {
		return nil
	}
	for _, at := range p.queue[:min(reserved, len(p.queue))] {
		p.results[at].Begun = true
	}
	p.changed = true
	return p.flush(ctx)
}

// release takes back the reservations that were not used. A failed attempt may have changed the user.
func (p *pass) release() {
	for _, at := range p.queue {
		if p.fresh[at] && p.results[at].Begun {
			p.results[at].Begun, p.changed = false, true
		}
	}
}

// flush stores the results so far.
func (p *pass) flush(ctx context.Context) error {
	if !p.changed {
		return nil
	}
	p.changed = false
	return p.r.SetResults(ctx, p.chunk, p.results)
}

// begin begins the next record.
func (p *pass) begin(ctx context.Context) {
	at := p.queue[0]
	p.queue = p.queue[1:]
	p.busy++
	p.fresh[at] = false
	record, earlier, stall := p.records[at], p.results[at], p.stall
	go func() {
		result, err := p.attempt(ctx, record, earlier)
		p.answers <- answer{at: at, stall: stall, result: result, err: err}
	}()
}

// attempt does one record. A panic is an error of this record.
func (p *pass) attempt(ctx context.Context, record Record, earlier Result) (result Result, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %s\n%s", textOfPanic(cause), debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	call, err := p.r.Call()
	if err != nil {
		return earlier, err
	}
	return p.one(quota.With(ctx, quota.Background), call, p.r, record, earlier)
}

// take takes the answer of an attempt.
func (p *pass) take(ctx context.Context, a answer) {
	record, kept := p.records[a.at], p.results[a.at]
	a.result.Index, a.result.Ref, a.result.Begun = record.Index, record.Ref, false
	switch {
	case a.err == nil && a.result.Outcome != "" && a.result.Outcome != RecordPending:
		p.stalls = 0
		p.set(a.at, a.result)
	case a.err != nil && ctx.Err() != nil: // interrupted
		p.queue = append(p.queue, a.at)
	case MayPass(a.err) && p.stalls < maxStalls && p.attempts[a.at] < maxAttempts-1:
		if !isLimit(a.err) {
			p.attempts[a.at]++
		}
		p.queue = append(p.queue, a.at)
		p.fresh[a.at] = isLimit(a.err) && !problem.Is(a.err, problem.PartlyUpdated) && p.attempts[a.at] == 0
		if a.result.Note != nil {
			kept.Note, kept.UserID = a.result.Note, a.result.UserID
			p.set(a.at, kept)
		}
		p.delay(a)
	default:
		p.fail(ctx, a)
	}
}

func (p *pass) set(at int, result Result) { p.results[at], p.changed = result, true }

// fail makes the record a failed one. An error that is not a problem is a defect of the service.
func (p *pass) fail(ctx context.Context, a answer) {
	if a.err == nil {
		a.err = fmt.Errorf("record %d has the outcome %q", a.result.Index, a.result.Outcome)
	}
	if !problem.IsProblem(a.err) {
		p.r.Report(ctx, a.result.Index, a.err)
	}
	found := problem.From(a.err).Document(p.r.Manifest().RequestID)
	a.result.Outcome, a.result.Problem = RecordFailed, &found
	p.set(a.at, a.result)
}

// delay makes all records wait after a failure that may pass. Records that were in work when a stall began
// belong to it.
func (p *pass) delay(a answer) {
	if a.stall < p.stall {
		return
	}
	wait := StallWait(p.stalls, MaxWait, a.err)
	p.stalls++
	p.stall++
	if wait > shortWait {
		p.wait = wait
		return
	}
	p.hold = p.r.Now().Add(wait)
}
