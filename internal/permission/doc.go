// Package permission is the one table of who may be allowed what: groups of
// operations that a front-end is given together. The gateway's IAM policies, the
// scopes of bearer tokens, the contract's x-permission and the documentation all
// come from it, and tests hold them to it.
package permission
