// Package credentials checks the password hashes and second factors of users to import, by the rules of the
// provider (https://auth0.com/docs/manage-users/user-migration/bulk-user-import-schema).
//
// It is apart from package imports because only the functions of jobs check them, while every function links
// the provider's client and would compile these rules at its start.
package credentials
