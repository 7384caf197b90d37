// Package limits restricts single front-ends beyond their permissions: to the users of some
// connections, to some redirect URIs and result URLs, and in the access to app_metadata.
//
// It owns the policy document (document.go; api/front-end-limits.schema.json), the identities of
// front-ends (identity.go), and the refusals (front_end.go). Package api applies the limits to every
// operation on one user (checks.go). An operation checks the values in its body and query itself.
package limits
