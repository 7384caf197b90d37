// Package limits is what single front-ends are limited to, beyond the permissions
// that they have: which connections' users they may see and change, where they may
// send browsers to, and whether they may touch what the company decides of users.
//
// It owns the policy document (document.go; api/front-end-limits.schema.json), whom
// it means (identity.go), and the refusals (front_end.go). Operations on one user
// are held to it in one place, whether or not they know of it (guard.go). What an
// operation has in its body or query, it asks about by itself.
package limits
