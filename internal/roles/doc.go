// Package roles is what a user may do in the company's applications: the roles
// that there are, and which of them a user has.
//
// It owns the shape of a role on the wire, and how a role is named: by its name
// or its id. What a role permits is decided at the identity provider, and what
// an application makes of it is the application's.
package roles
