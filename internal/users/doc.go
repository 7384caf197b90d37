// Package users implements the operations on users: list, create, get, update and delete.
// It defines the JSON form of a user and validates the input.
//
// Package auth0 stores and searches users at the identity provider. Package session signs
// users in.
package users
