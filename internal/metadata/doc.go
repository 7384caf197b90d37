// Package metadata is what front-ends keep with a user: what the user may edit,
// and what the company decides. The two are apart, so that a front-end may be
// allowed the one and not the other.
//
// It owns the meaning of a change, how nested objects are merged, and how large
// the whole may be. Where metadata is kept, and that a member of it is this
// service's own, is auth0's. Users as a whole, with their metadata, are users'.
package metadata
