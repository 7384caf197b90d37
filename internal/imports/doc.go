// Package imports defines users with password hashes, whom the provider imports in jobs: many users in one
// request, with the results after a while.
//
// Auth0 describes the imports, the form of a user, and the hashes that it supports in
// https://auth0.com/docs/manage-users/user-migration/bulk-user-imports and
// https://auth0.com/docs/manage-users/user-migration/bulk-user-import-schema.
package imports
