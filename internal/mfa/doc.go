// Package mfa is what users prove themselves with beside the password, as seen
// from outside a sign-in: what they have enrolled, the link to enrol, and what a
// help desk takes away or gives anew.
//
// That a sign-in asks for a second factor, and whether it shows one, is
// session's work.
package mfa
