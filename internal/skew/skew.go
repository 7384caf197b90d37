// Package skew defines the clock skew that every check of a token's times allows.
package skew

import "time"

// Limit is the largest accepted difference between another party's clock and this one. A
// time further ahead is in the future.
const Limit = time.Minute
