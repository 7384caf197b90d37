package httpapi

import (
	"context"
	"net/http"
	"time"

	"usher/internal/quota"
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

// Counts are what a request has taken.
type Counts struct {
	ProviderCalls  int64
	ProviderTime   time.Duration // of all calls together
	Retries        int64         // provider calls that repeat an earlier one
	RetriesRefused int64         // retries that the retry budget did not allow
	OverQuota      int64         // provider calls that the quota refused
	Class          quota.Class   // of the refused calls
	Throttled      int64         // provider calls that were answered with 429
	TokenFetches   int64         // provider calls for the service's own token
	Refused        int64         // provider calls that failed since the service's own credentials were refused
	SecretFailures int64         // failed reads of the credentials' secret
	Unreadable     int64         // members of the provider's responses that were left out
	ProviderLeft   int64         // the fewest requests that the provider's rate limit left; -1 where it did not say
}

// Summary is what is known of a request in the end.
type Summary struct {
	Route    string        // the pattern that served it, such as "GET /users/{id}"; "none" for an unknown one
	Status   int           // HTTP status
	Problem  string        // its code; "" for none
	Duration time.Duration // in the service
	Cold     bool          // the first request of its process
	Counts
}

// count changes the request's counts. Calls to the provider may run side by side.
func count(ctx context.Context, change func(*Counts)) {
	rec := recordOf(ctx)
	rec.counting.Lock()
	defer rec.counting.Unlock()
	change(&rec.counts)
}

// CountProviderCall counts a call to the identity provider.
func CountProviderCall(ctx context.Context, call ProviderCall) {
	count(ctx, func(c *Counts) {
		c.ProviderCalls++
		c.ProviderTime += call.Took
		if call.Retry {
			c.Retries++
		}
		if call.Status == http.StatusTooManyRequests {
			c.Throttled++
		}
		if call.Token {
			c.TokenFetches++
		}
		if call.Refused {
			c.Refused++
		}
		if left := int64(call.Left); left >= 0 && (c.ProviderLeft < 0 || left < c.ProviderLeft) {
			c.ProviderLeft = left
		}
	})
}

// CountSecretFailure counts a failed read of the credentials' secret.
func CountSecretFailure(ctx context.Context) { count(ctx, func(c *Counts) { c.SecretFailures++ }) }

// CountRetryRefused counts a retry that the retry budget did not allow.
func CountRetryRefused(ctx context.Context) { count(ctx, func(c *Counts) { c.RetriesRefused++ }) }

// CountOverQuota counts a provider call that the quota refused, and notes its class.
func CountOverQuota(ctx context.Context, class quota.Class) {
	count(ctx, func(c *Counts) { c.OverQuota++; c.Class = class })
}

// CountUnreadable counts a member of a provider's response that was left out, since
// it is of an unexpected type.
func CountUnreadable(ctx context.Context) { count(ctx, func(c *Counts) { c.Unreadable++ }) }
