// Package localtenant is a stand-in for an Auth0 tenant, for development and
// tests: a stateful server with the Management API's own shapes, statuses and
// error bodies, the OAuth 2.0 and OpenID Connect endpoints, and the pages that
// users see. It keeps everything in memory.
//
// One request is one transaction: a handler runs with the tenant's lock held and
// writes into a buffer, so no handler locks anything and a fault can be applied
// to a finished answer. routes.go is the one table of routes with the scopes
// that each needs; every resource has a file of its own. What a request to the
// Management API may hold is enforced from the API's description
// (description/management-api.json) by package
// usher/internal/localtenant/description, not by the handlers.
//
// Not here: the service that is under test, and anything that talks to a real
// tenant. The package must never be linked into a deployed function; it accepts
// well-known credentials.
package localtenant
