// Package events lists a user's events: sign-ins, failures and changes from the provider's
// log. Package auth0 reads the log and maps its codes to the types of this package.
package events
