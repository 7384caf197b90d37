// Package users is the company's users as front-ends see them: to list,
// create, get, update and delete, one file each. Creating one happens once under
// an Idempotency-Key (once.go, mark.go), and may invite the user (invite.go).
//
// It owns the user's shape on the wire, what is valid input, and the meaning
// of each operation. How a user is kept and searched for at the identity
// provider is auth0's; signing in is session's.
package users
