// Package traffic makes requests for every operation, each about a fresh user of a local tenant, and
// tells whether the tenant has what a success of the request claims.
package traffic
