package quota

import "time"

// An estimate expires after maxAge, or as soon as the bucket could be full.
const maxAge = time.Minute

// minShare is the smallest part of the refill that an estimate counts on.
const minShare = 1.0 / 16

// level is the estimate of a bucket's tokens. Other processes use the same bucket, so an estimate
// counts on a share of the refill only. The share follows what the provider tells: half as much
// after a level below the estimate, and twice as much after one above it.
type level struct {
	known  bool
	tokens float64 // at the time of at
	at     time.Time
	told   time.Time // when the provider told the level
	share  float64
}

// now returns the estimated tokens, or false if the level is unknown.
func (l *level) now(b Bucket, at time.Time) (float64, bool) {
	if age := at.Sub(l.told); !l.known || age < 0 || age >= maxAge {
		l.known = false
		return 0, false
	}
	l.tokens += max(0, at.Sub(l.at).Seconds()) * b.Rate * l.share
	l.at = at
	l.known = l.tokens < b.Burst
	return l.tokens, l.known
}

// take counts a call of this process.
func (l *level) take() { l.tokens = max(0, l.tokens-1) }

// learn corrects the estimate by a response. The response's limit tells whether it is about this
// bucket. If that is unclear, only a lower level counts.
func (l *level) learn(b Bucket, at time.Time, remaining float64, about bool) {
	estimate, known := l.now(b, at)
	switch {
	case known && remaining < estimate-1:
		l.share = max(minShare, l.share/2)
	case !known || remaining > estimate+1:
		l.share = min(1, l.share*2)
	}
	if known && !about {
		remaining = min(remaining, estimate)
	}
	*l = level{known: true, tokens: remaining, at: at, told: at, share: l.share}
}

// until returns when the estimate reaches this many tokens.
func (l *level) until(b Bucket, tokens float64) time.Duration {
	return time.Duration(max(0, tokens-l.tokens) / (b.Rate * l.share) * float64(time.Second))
}
