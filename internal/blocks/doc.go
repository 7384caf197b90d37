// Package blocks is what keeps a user from signing in: the block that an
// administrator sets and lifts, and the login blocks that the provider sets by
// itself after too many wrong passwords.
//
// The two know nothing of each other. Whether a user is blocked by an
// administrator is also shown by the user itself, which is users' work; ending
// sessions without a block is session's.
package blocks
