// Package quota shares the identity provider's rate limit among the calls of a process by their
// importance, without a store: the provider's responses tell how much of each limit is left.
//
// A [Budget] keeps one estimate for each of the provider's token buckets. A call may use a bucket
// only above the reserve for calls of higher classes. An unknown level never refuses a call.
package quota
