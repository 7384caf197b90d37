// Package roles lists roles, and reads and changes the roles of a user. A request names a
// role by its name or its ID.
//
// The permissions of a role are configured at the identity provider and enforced by the
// company's applications.
package roles
