// Package problem is the one shape of every error that leaves the service: an
// RFC 9457 problem document with a stable code.
//
// It owns the list of codes ([All]) and the mapping from a code to its status
// and title. What a code means for one operation, and which provider failure
// becomes which code, lives with those who raise it. Writing a document to a
// client is httpapi's work.
package problem
