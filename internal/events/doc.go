// Package events shows a user's history: sign-ins, failures and changes, as the
// provider has logged them, in words of our own.
//
// Which of the provider's codes is which of ours, and how its log is walked, is
// auth0's.
package events
