// Package skew is how exact clocks are, in one place: what one check of a token's
// times lets pass, no other refuses.
package skew

import "time"

// Limit is how far another party's clock and this one may be apart. What is dated
// further ahead is of the future.
const Limit = time.Minute
