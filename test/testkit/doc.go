// Package testkit holds what the tests of several packages share. Packages below it
// hold the parts with dependencies, so that a test links only the parts that it uses.
// No command and no function links them.
package testkit
