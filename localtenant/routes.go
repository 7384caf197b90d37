package localtenant

import (
	"net/http"
	"strings"
)

// Route is a line of the table. Scopes name the Management API's scopes of which
// any will do; a route without is open to all.
type Route struct {
	Pattern string
	handle  handler
	Scopes  []string
}

// Routes lists every route that the tenant serves. A route under /api/v2 is held to
// what the API's description says of it.
func (t *Tenant) Routes() []Route { return append(t.apiRoutes(), t.devRoutes()...) }

// control reports whether a route is for tests and developers. A real tenant has no such route.
func (r Route) control() bool { return strings.Contains(r.Pattern, " /_tenant/") }

// apiRoutes are all but the routes of the pages for developers, which devRoutes lists.
func (t *Tenant) apiRoutes() []Route {
	anyOf := func(scopes ...string) []string { return scopes }
	const method = "/api/v2/users/{id}/authentication-methods/{authentication_method_id}"
	return []Route{
		{"GET /api/v2/users", t.listUsers, anyOf("read:users", "read:user_idp_tokens")},
		{"POST /api/v2/users", body(t.createUser), anyOf("create:users")},
		{"GET /api/v2/users/{id}", found(t.user, t.getUser), anyOf("read:users", "read:user_idp_tokens")},
		{"PATCH /api/v2/users/{id}", body(t.updateUser), anyOf("update:users", "update:users_app_metadata")},
		{"DELETE /api/v2/users/{id}", t.deleteUser, anyOf("delete:users")},
		{"GET /api/v2/users-by-email", t.listUsersByEmail, anyOf("read:users")},
		{"GET /api/v2/connections", t.listConnections, anyOf("read:connections")},
		{"GET /api/v2/connections/{id}", found(t.connection, t.getConnection), anyOf("read:connections")},
		{"GET /api/v2/clients/{id}", found(t.client, t.getClient),
			anyOf("read:clients", "read:client_keys", "read:client_credentials", "read:client_summary")},
		{"PATCH /api/v2/clients/{id}", t.updateClient, anyOf("update:clients", "update:client_keys")},
		{"GET /api/v2/clients/{id}/connections", t.listClientConnections, anyOf("read:connections")},

		{"POST /api/v2/users/{id}/identities", body(t.linkIdentity), anyOf("update:users")},
		{"DELETE /api/v2/users/{id}/identities/{provider}/{user_id}", t.unlinkIdentity, anyOf("update:users")},
		{"GET /api/v2/users/{id}/logs", t.listUserLogs, anyOf("read:logs", "read:logs_users")},
		{"GET /api/v2/logs/{id}", show(t.event), anyOf("read:logs", "read:logs_users")},

		{"GET /api/v2/users/{id}/roles", t.listUserRoles, anyOf("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/users/{id}/roles", t.changeUserRoles((*role).add), anyOf("update:users", "create:role_members")},
		{"DELETE /api/v2/users/{id}/roles", t.changeUserRoles((*role).remove), anyOf("update:users", "delete:role_members")},
		{"GET /api/v2/roles", t.listRoles, anyOf("read:roles")},
		{"POST /api/v2/roles", body(t.createRole), anyOf("create:roles")},
		{"GET /api/v2/roles/{id}", show(t.role), anyOf("read:roles")},
		{"PATCH /api/v2/roles/{id}", body(t.updateRole), anyOf("update:roles")},
		{"DELETE /api/v2/roles/{id}", found(t.role, t.deleteRole), anyOf("delete:roles")},
		{"GET /api/v2/roles/{id}/users", found(t.role, t.listRoleUsers),
			anyOf("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/roles/{id}/users", body(t.assignRoleUsers), anyOf("update:roles", "create:role_members")},

		{"GET /api/v2/users/{id}/authentication-methods", found(t.user, t.listMethods), anyOf("read:authentication_methods")},
		{"POST /api/v2/users/{id}/authentication-methods", body(t.createMethod), anyOf("create:authentication_methods")},
		{"PUT /api/v2/users/{id}/authentication-methods", body(t.replaceMethods), anyOf("update:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authentication-methods", t.deleteMethods, anyOf("delete:authentication_methods")},
		{"GET " + method, show(t.method), anyOf("read:authentication_methods")},
		{"PATCH " + method, body(t.updateMethod), anyOf("update:authentication_methods")},
		{"DELETE " + method, found(t.method, t.deleteMethod), anyOf("delete:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authenticators", t.deleteMethods, anyOf("delete:guardian_enrollments")},
		{"DELETE /api/v2/users/{id}/multifactor/{provider}", found(t.user, t.deleteMultifactor), anyOf("update:users")},
		{"POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser", t.forgetBrowsers, anyOf("update:users")},
		{"POST /api/v2/users/{id}/recovery-code-regeneration", found(t.user, t.regenerateRecoveryCode),
			anyOf("update:users")},
		{"GET /api/v2/users/{id}/enrollments", found(t.user, t.listEnrollments), anyOf("read:users")},
		{"POST /api/v2/guardian/enrollments/ticket", body(t.createEnrollmentTicket),
			anyOf("create:guardian_enrollment_tickets")},
		{"GET /api/v2/guardian/enrollments/{id}", found(t.enrollment, t.getEnrollment), anyOf("read:guardian_enrollments")},
		{"DELETE /api/v2/guardian/enrollments/{id}", found(t.enrollment, t.deleteEnrollment),
			anyOf("delete:guardian_enrollments")},

		{"GET /api/v2/guardian/factors", t.listGuardianFactors, anyOf("read:guardian_factors")},
		{"GET /api/v2/actions/actions", t.listActions, anyOf("read:actions")},
		{"GET /api/v2/actions/triggers/{triggerId}/bindings", t.listBindings, anyOf("read:actions")},
		{"GET /api/v2/resource-servers/{id}", t.getResourceServer, anyOf("read:resource_servers")},

		{"GET /api/v2/users/{user_id}/sessions", t.listUserSessions, anyOf("read:sessions")},
		{"DELETE /api/v2/users/{user_id}/sessions", t.deleteUserSessions, anyOf("delete:sessions")},
		{"GET /api/v2/sessions/{id}", show(t.session), anyOf("read:sessions")},
		{"PATCH /api/v2/sessions/{id}", body(t.updateSession), anyOf("update:sessions")},
		{"DELETE /api/v2/sessions/{id}", t.deleteSession, anyOf("delete:sessions")},
		{"POST /api/v2/sessions/{id}/revoke", found(t.session, t.revokeSession),
			anyOf("delete:sessions", "delete:refresh_tokens")},
		{"POST /api/v2/users/{id}/revoke-access", t.revokeAccess, anyOf("delete:sessions", "delete:refresh_tokens")},
		{"GET /api/v2/users/{user_id}/refresh-tokens", t.listUserRefreshTokens, anyOf("read:refresh_tokens")},
		{"DELETE /api/v2/users/{user_id}/refresh-tokens", t.deleteUserRefreshTokens, anyOf("delete:refresh_tokens")},
		{"GET /api/v2/refresh-tokens", t.listRefreshTokens, anyOf("read:refresh_tokens")},
		{"GET /api/v2/refresh-tokens/{id}", show(t.refreshToken), anyOf("read:refresh_tokens")},
		{"PATCH /api/v2/refresh-tokens/{id}", body(t.updateRefreshToken), anyOf("update:refresh_tokens")},
		{"DELETE /api/v2/refresh-tokens/{id}", t.deleteRefreshToken, anyOf("delete:refresh_tokens")},
		{"POST /api/v2/refresh-tokens/revoke", body(t.revokeRefreshTokens), anyOf("delete:refresh_tokens")},

		{"GET /api/v2/user-blocks", t.getBlocks, anyOf("read:users")},
		{"DELETE /api/v2/user-blocks", t.deleteBlocks, anyOf("update:users")},
		{"GET /api/v2/user-blocks/{id}", found(t.user, t.getUserBlocks), anyOf("read:users")},
		{"DELETE /api/v2/user-blocks/{id}", found(t.user, t.deleteUserBlocks), anyOf("update:users")},
		{"POST /api/v2/tickets/password-change", body(t.createPasswordTicket), anyOf("create:user_tickets")},
		{"POST /api/v2/tickets/email-verification", body(t.createVerificationTicket), anyOf("create:user_tickets")},
		{"POST /api/v2/jobs/verification-email", body(t.createVerificationJob), anyOf("update:users")},
		{importRoute, t.importUsers, anyOf("create:users")},
		{"GET /api/v2/jobs/{id}", show(t.job), anyOf("create:users", "read:users")},
		{"GET /api/v2/jobs/{id}/errors", found(t.job, t.getJobErrors), anyOf("create:users", "read:users")},

		{"GET /.well-known/openid-configuration", t.discovery, nil},
		{"GET /.well-known/jwks.json", t.jwks, nil},
		{"GET /authorize", t.authorize, nil},
		{"POST /authorize", t.authorize, nil},
		{"GET /authorize/resume", found(t.transaction, t.resume), nil},
		{"POST /oauth/token", t.token, nil},
		{"GET /userinfo", t.userinfo, nil},
		{"POST /userinfo", t.userinfo, nil},
		{"POST /oauth/revoke", t.revokeToken, nil},
		{"POST /dbconnections/change_password", t.changePassword, nil},
		{"GET /v2/logout", t.logout, nil},
		{"GET /oidc/logout", t.oidcLogout, nil},
		{"POST /oidc/logout", t.oidcLogout, nil},
		{"GET /u/login", view(t.transaction, t.loginPage), nil},
		{"POST /u/login", found(t.transaction, t.login), nil},
		{"GET /u/signup", view(t.transaction, t.signupPage), nil},
		{"POST /u/signup", found(t.transaction, t.signup), nil},
		{"GET /u/reset-password/request", found(t.transaction, t.forgottenPage), nil},
		{"POST /u/reset-password/request", found(t.transaction, t.forgotten), nil},
		{"GET /u/reset-password", view(t.redeemable("reset"), t.resetPage), nil},
		{"POST /u/reset-password", found(t.redeemable("reset"), t.resetPassword), nil},
		{"GET /u/email-verification", found(t.redeemable("verify"), t.verifyEmail), nil},
		{"GET /u/mfa-otp-enrollment", found(t.secondStep, t.enrolPage), nil},
		{"POST /u/mfa-otp-enrollment", found(t.secondStep, t.enrol), nil},
		{"GET /u/mfa-otp-challenge", view(t.secondStep, t.challengePage), nil},
		{"POST /u/mfa-otp-challenge", found(t.secondStep, t.challenge), nil},
		{"GET /u/mfa-recovery-code-challenge", view(t.secondStep, t.recoveryPage), nil},
		{"POST /u/mfa-recovery-code-challenge", found(t.secondStep, t.recover), nil},
		{"GET /mfa/enrollment", found(t.redeemable("enrol"), t.ticketEnrolPage), nil},
		{"POST /mfa/enrollment", found(t.redeemable("enrol"), t.ticketEnrol), nil},
		{"GET /u/social", view(t.socialStep, t.socialPage), nil},
		{"POST /u/social", found(t.socialStep, t.social), nil},
		{"GET /u/style.css", t.stylesheet, nil},

		{"GET /_tenant/stats", t.getStats, nil},
		{"DELETE /_tenant/stats", t.deleteStats, nil},
		{"GET /_tenant/outbox", t.getOutbox, nil},
		{"DELETE /_tenant/outbox", t.deleteOutbox, nil},
		{"GET /_tenant/log", t.getTenantLog, nil},
		{"GET /_tenant/faults", t.getFaults, nil},
		{"POST /_tenant/faults", strict(t.postFault), nil},
		{"DELETE /_tenant/faults", t.deleteFaults, nil},
		{"GET /_tenant/clock", t.getClock, nil},
		{"POST /_tenant/clock", strict(t.moveClock), nil},
		{"GET /_tenant/settings", t.getSettings, nil},
		{"PATCH /_tenant/settings", t.patchSettings, nil},
		{"POST /_tenant/users", strict(t.postUser), nil},
		{"POST /_tenant/rotate-secret", strict(t.postSecret), nil},
		{"POST /_tenant/rotate-key", t.postKey, nil},
		{"POST /_tenant/reset", t.postReset, nil},
	}
}

func (t *Tenant) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range t.Routes() {
		mux.Handle(r.Pattern, t.serve(r))
	}
	mux.Handle("/", t.serve(Route{Pattern: "/", handle: notFound}))
	return mux
}

// notFound is how Auth0 answers for a path or a method that it does not know.
func notFound(http.ResponseWriter, *http.Request) error {
	return newAPIError(http.StatusNotFound, "", "Not Found")
}
