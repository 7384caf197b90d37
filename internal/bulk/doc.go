// Package bulk defines the kinds of jobs: what a record is, how it is checked, and how it is carried out.
// Package jobs runs them.
//
// A record is checked with the rules of the single operation, by the same code, when the job starts and
// again when it is processed: the front-end's limits may have changed in between.
package bulk
