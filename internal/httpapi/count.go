package httpapi

import (
	"context"
	"net/http"
	"time"
)

// ProviderCall is one request to the identity provider, and what came of it.
type ProviderCall struct {
	Retry   bool          // it repeats an earlier one
	Token   bool          // it asks for the service's own token
	Refused bool          // the provider refused the service's own credentials
	Status  int           // HTTP status; 0 where no answer came
	Took    time.Duration // until the answer was read, or given up
	Left    int           // requests that the provider's rate limit leaves; -1 where it does not say
}

// CountProviderCall counts a call to the identity provider for the request's
// log line and for those who measure.
func CountProviderCall(ctx context.Context, c ProviderCall) {
	rec := recordOf(ctx)
	rec.calls.Add(1)
	rec.callTime.Add(int64(c.Took))
	if c.Retry {
		rec.retries.Add(1)
	}
	if c.Status == http.StatusTooManyRequests {
		rec.throttled.Add(1)
	}
	if c.Token {
		rec.tokens.Add(1)
	}
	if c.Refused {
		rec.refused.Add(1)
	}
	rec.seeLeft(int64(c.Left) + 1)
}

// CountSecretFailure counts a read of the credentials' secret that failed.
func CountSecretFailure(ctx context.Context) { recordOf(ctx).secretFailures.Add(1) }

// CountUnreadable counts a member of a provider's answer that was left out, since
// it is of an unexpected type.
func CountUnreadable(ctx context.Context) { recordOf(ctx).unreadable.Add(1) }

// seeLeft keeps the least that was told.
func (rec *record) seeLeft(left int64) {
	for {
		least := rec.left.Load()
		if left <= 0 || least != 0 && least <= left || rec.left.CompareAndSwap(least, left) {
			return
		}
	}
}

// Summary is what is known of a request in the end.
type Summary struct {
	Route    string        // the pattern that served it, such as "GET /users/{id}"; "none" for an unknown one
	Status   int           // HTTP status
	Problem  string        // its code; "" for none
	Duration time.Duration // in the service
	Cold     bool          // the first request of its process

	ProviderCalls  int64
	ProviderTime   time.Duration // of all calls together
	Retries        int64         // provider calls that repeat an earlier one
	Throttled      int64         // provider calls that were answered with 429
	TokenFetches   int64         // provider calls for the service's own token
	Refused        int64         // provider calls that failed since the service's own credentials were refused
	SecretFailures int64         // reads of the credentials' secret that failed
	Unreadable     int64         // members of the provider's answers that were left out
	ProviderLeft   int64         // requests that the provider's rate limit left, at the least; -1 where it did not say
}

func (rec *record) summary() Summary {
	return Summary{
		Cold:           rec.cold,
		ProviderCalls:  rec.calls.Load(),
		ProviderTime:   time.Duration(rec.callTime.Load()),
		Retries:        rec.retries.Load(),
		Throttled:      rec.throttled.Load(),
		TokenFetches:   rec.tokens.Load(),
		Refused:        rec.refused.Load(),
		SecretFailures: rec.secretFailures.Load(),
		Unreadable:     rec.unreadable.Load(),
		ProviderLeft:   rec.left.Load() - 1,
	}
}
