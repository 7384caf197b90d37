package jobs

// outcomes are the outcomes in the order of a tally.
var outcomes = [...]Outcome{RecordPending, RecordPlanned, RecordSucceeded, RecordFailed, RecordSkipped, RecordUnknown}

// tally is the number of a chunk's records by outcome. A chunk without results has the zero tally.
type tally [len(outcomes)]int

func (t tally) total() int {
	sum := 0
	for _, n := range t {
		sum += n
	}
	return sum
}

// of returns the number of records with an outcome.
func (t tally) of(o Outcome) int {
	for i, outcome := range outcomes {
		if outcome == o {
			return t[i]
		}
	}
	return 0
}

// open is the number of records that work remains for.
func (t tally) open() int { return t.of(RecordPending) + t.of(RecordPlanned) }

func (t *tally) add(other tally) {
	for i, n := range other {
		t[i] += n
	}
}

// tallyOf counts results. Records of the chunk that have none are pending.
func tallyOf(results []Result, records int) tally {
	var t tally
	for _, result := range results {
		for i, outcome := range outcomes {
			if result.Outcome == outcome {
				t[i]++
			}
		}
	}
	t[0] += max(0, records-len(results))
	return t
}

// chunkTallies returns the tallies of all chunks: those of the stored results, and the initial ones.
func (m Manifest) chunkTallies(stored []tally) []tally {
	all := make([]tally, max(len(stored), len(m.Chunks)))
	copy(all, stored)
	for i, chunk := range m.Chunks {
		if all[i].total() == 0 {
			all[i] = tally{chunk.Records - chunk.Invalid, 0, 0, chunk.Invalid}
		}
	}
	return all
}

// counts adds the tallies up. The total of a job without input is known at its end.
func (m Manifest) counts(stored []tally) Counts {
	var sum tally
	for _, t := range m.chunkTallies(stored) {
		sum.add(t)
	}
	return Counts{Total: m.Total, Pending: sum[0], Planned: sum[1], Succeeded: sum[2], Failed: sum[3], Skipped: sum[4], Unknown: sum[5]}
}

// ended returns the counts at the end of a job, which leaves no record open.
func (c Counts) ended() Counts {
	c.Skipped += c.Pending + c.Planned
	c.Pending, c.Planned = 0, 0
	if c.Total == nil {
		total := c.Succeeded + c.Failed + c.Skipped + c.Unknown
		c.Total = &total
	}
	return c
}
