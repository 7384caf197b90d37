// Package valid has the rules for input: email addresses, IDs, connection names, text and
// metadata. Faults collects the faults of a request.
//
// Some rules are limits of the provider. They are checked here, because the provider may
// return an unclear error or change a value silently.
package valid
