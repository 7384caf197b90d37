// Package identities is the ways in which people sign in: the connections that
// there are, and the identities that one user's account is made of. Two
// accounts of one person become one here, and are parted again.
//
// It owns what proves that two accounts belong to one person, which is never an
// equal address alone. Beginning and finishing a sign-in is session's.
package identities
