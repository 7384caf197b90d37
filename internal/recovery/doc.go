// Package recovery implements mails and links to set a password or to verify an email
// address.
//
// The identity provider sends the mails and serves the pages behind the links. Package
// auth0 calls it. A link is a credential and must not be logged.
package recovery
