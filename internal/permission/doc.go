// Package permission is the table of permission groups: operations that a front-end gets
// together. The gateway's IAM policies, the scopes of bearer tokens, the contract's
// x-permission and the documentation follow from it, and tests compare them with it.
package permission
