package quota

import "time"

const (
	// maxAge is when a response is too old to tell anything.
	maxAge = time.Minute
	// leastChance is the smallest chance that is remembered.
	leastChance = 1.0 / 64
)

// level is what is known of a bucket.
type level struct {
	tokens  float64                 // at the time of at; below 0 if calls wait for tokens
	at      time.Time               // of the last change of tokens
	told    time.Time               // when the provider told the level; zero for never
	chances [Background + 1]float64 // of a call, by class; valid for maxAge
}

// isOld reports whether nothing is known, or the clock jumped.
func (l *level) isOld(now time.Time) bool {
	age := now.Sub(l.told)
	return age < 0 || age >= maxAge
}

// estimate returns the tokens, or false if they are unknown: the bucket may be full by now.
func (l *level) estimate(b Bucket, now time.Time) (tokens float64, known bool) {
	tokens = l.tokens + max(0, now.Sub(l.at).Seconds())*b.Rate
	return tokens, tokens < b.Burst && !l.isOld(now)
}

// chance returns the chance of a call with a reserve: 0 at the reserve, 1 at twice the reserve. The
// estimate counts on all of the refill, although other processes use it, too. So the chance is
// multiplied by the remembered one.
func (l *level) chance(b Bucket, class Class, reserve float64, now time.Time) float64 {
	chance := l.remembered(class, now)
	if tokens, known := l.estimate(b, now); known {
		chance *= min(1, max(0, (tokens-reserve)/reserve))
	}
	return chance
}

func (l *level) remembered(class Class, now time.Time) float64 {
	if l.isOld(now) {
		return 1
	}
	return l.chances[class]
}

// take counts a call of this process, and returns how long it has to wait for its token.
func (l *level) take(b Bucket, now time.Time) time.Duration {
	tokens, known := l.estimate(b, now)
	if !known {
		return 0
	}
	l.tokens, l.at = max(-b.Burst, tokens-1), now
	return seconds(max(0, -l.tokens) / b.Rate)
}

// learn takes over a level that the provider told. If it may be about another bucket, only a lower one
// counts. A level near a class's reserve means that other processes use the refill as well: the class's
// chance falls to an eighth. It doubles with each level above.
func (l *level) learn(b Bucket, now time.Time, told float64, about bool, reserves [Background + 1]float64) {
	if tokens, known := l.estimate(b, now); known && !about {
		told = min(told, tokens)
	}
	for class, reserve := range reserves {
		chance := l.remembered(Class(class), now) * 2
		if told < min(2*reserve+2, (reserve+b.Burst)/2) {
			chance /= 16
		}
		l.chances[class] = min(1, max(leastChance, chance))
	}
	l.tokens, l.at, l.told = told, now, now
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
