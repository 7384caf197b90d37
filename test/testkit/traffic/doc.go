// Package traffic makes requests for every operation, each about a fresh user of a local tenant, and
// tells whether the tenant has what a success of the request claims. The operations of jobs are not among
// them: they need a storage, and have tests of interruptions at every write (internal/jobs, internal/bulk).
package traffic
