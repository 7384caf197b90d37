// Package quota simulates a company whose front-ends share a tenant's rate limits. The calls are made by
// the real client and answered by the local tenant, in the fake time of testing/synctest.
package quota
