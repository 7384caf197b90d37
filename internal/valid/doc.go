// Package valid is the vocabulary of valid input: email addresses, ids, names of
// connections, text, metadata. Its rules are tables for the operations; Faults collects
// what is wrong with a request.
//
// Some rules are the provider's. They are applied here so that nothing is refused there,
// or changed without an error.
package valid
