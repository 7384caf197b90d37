// Package localtenant is a stand-in for an Auth0 tenant, for development and
// tests: a stateful server with the Management API's own shapes, statuses and
// error bodies, the OAuth 2.0 and OpenID Connect endpoints, and the pages that
// users see. It keeps everything in memory.
//
// One request is one transaction: a handler runs with the tenant's lock held and
// writes into a buffer, so no handler locks anything and a fault can be applied
// to a finished answer. routes.go is the one table of routes with the scopes
// that each needs. Its lines name, by the helpers of handlers.go, how a body is
// decoded and how the object in the path is found; a handler gets the result. Files
// are grouped by prefix: users_, clients_, sessions_, mfa_, jobs_ and logs_ for
// the Management API's resources, oauth_ and pages_ for sign-ins, control_ for
// tests, devpages_ for developers' pages, quirks_ for odd forms. What a request to the
// Management API may hold is enforced from the API's description by package description,
// not by the handlers.
//
// Everything is in memory only; time is Tenant.now, which tests move. Tests control a
// tenant by its methods, other processes by the routes under /_tenant/
// (control_*.go); docs/local-tenant.md is for those who use it.
//
// A page for developers has one file, with its data and its forms. A form has its effect by the
// handler of a control route, so that each effect exists once.
//
// Beside it: search (the query language), devpages (the pages' templates and forms),
// importfile and hashes (what an import of users may hold), tenanttest (starting one in a test). Not here: the service that is under
// test, and anything that talks to a real tenant. The package must never be linked into
// a deployed function; it accepts well-known credentials.
package localtenant
