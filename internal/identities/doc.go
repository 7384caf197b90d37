// Package identities lists connections and a user's identities, links two accounts of one
// person, and unlinks them again.
//
// It defines the proof that two accounts belong to the same person; equal email addresses
// are not sufficient. Package session implements sign-ins.
package identities
