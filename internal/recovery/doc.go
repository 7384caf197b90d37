// Package recovery is how users get back into their accounts, and show that an
// address is theirs: mails and links to set a password or to verify an address.
//
// It owns what front-ends ask for and are answered. The mails, the pages behind
// the links and the life of a link are the identity provider's; how it is asked
// for them is auth0's. A link is a credential: no log line holds one.
package recovery
