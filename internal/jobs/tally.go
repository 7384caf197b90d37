package jobs

// outcomes are the outcomes in the order of a tally.
var outcomes = [...]Outcome{RecordPending, RecordPlanned, RecordSucceeded, RecordFailed, RecordSkipped, RecordUnknown}

// tally is the number of a chunk's records by outcome, and at the end the number of the open ones that have
// begun. A chunk without results has the zero tally.
type tally [len(outcomes) + 1]int

const begun = len(outcomes)

func (t tally) total() int {
	sum := 0
	for _, n := range t[:begun] {
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
		if result.Begun && result.isOpen() {
			t[begun]++
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
	return m.countsOf(m.sum(stored))
}

func (m Manifest) sum(stored []tally) (sum tally) {
	for _, t := range m.chunkTallies(stored) {
		sum.add(t)
	}
	return sum
}

func (m Manifest) countsOf(t tally) Counts {
	return Counts{Total: m.Total, Pending: t[0], Planned: t[1], Succeeded: t[2], Failed: t[3], Skipped: t[4], Unknown: t[5]}
}

// endCounts returns the counts at the end of a job, which leaves no record open.
func (m Manifest) endCounts(stored []tally) Counts {
	sum := m.sum(stored)
	c := m.countsOf(sum)
	c.Unknown += sum[begun]
	c.Skipped += sum.open() - sum[begun]
	c.Pending, c.Planned = 0, 0
	if c.Total == nil {
		total := sum.total()
		c.Total = &total
	}
	return c
}
