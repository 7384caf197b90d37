// Package search is the part of Lucene's query syntax that Auth0's user search
// documents: terms, phrases, wildcards, ranges, AND, OR, NOT, grouping,
// _exists_ and fields of any depth. Parse makes a Query, which says of a
// document (a JSON object as encoding/json decodes it) whether it matches.
package search
