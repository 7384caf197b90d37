// Package problem defines the format of every error response: an RFC 9457 problem document
// with a stable code.
//
// It owns the list of codes ([All]) and maps each code to its status and title. The package that
// raises a problem decides which code applies. Package httpapi writes the document to the client.
package problem
