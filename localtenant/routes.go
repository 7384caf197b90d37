package localtenant

import "net/http"

// handler answers a request into a buffer, with the tenant's lock held.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is a line of the table. Scopes name the Management API's scopes of which
// any will do; a route without is open to all.
type route struct {
	pattern string
	handle  handler
	scopes  []string
}

// table is every route that the tenant serves. A route under /api/v2 is held to
// what the API's description says of it.
func (t *Tenant) table() []route {
	anyOf := func(scopes ...string) []string { return scopes }
	return []route{
		{"GET /api/v2/users", t.listUsers, anyOf("read:users", "read:user_idp_tokens")},
		{"POST /api/v2/users", t.createUser, anyOf("create:users")},
		{"GET /api/v2/users/{id}", t.getUser, anyOf("read:users", "read:user_idp_tokens")},
		{"PATCH /api/v2/users/{id}", t.updateUser, anyOf("update:users", "update:users_app_metadata")},
		{"DELETE /api/v2/users/{id}", t.deleteUser, anyOf("delete:users")},
		{"GET /api/v2/users-by-email", t.listUsersByEmail, anyOf("read:users")},
		{"GET /api/v2/connections", t.listConnections, anyOf("read:connections")},
		{"GET /api/v2/connections/{id}", t.getConnection, anyOf("read:connections")},
		{"GET /api/v2/clients/{id}", t.getClient, anyOf("read:clients", "read:client_keys", "read:client_credentials", "read:client_summary")},
		{"PATCH /api/v2/clients/{id}", t.updateClient, anyOf("update:clients", "update:client_keys")},
		{"GET /api/v2/clients/{id}/connections", t.listClientConnections, anyOf("read:connections")},

		{"POST /api/v2/users/{id}/identities", t.linkIdentity, anyOf("update:users")},
		{"DELETE /api/v2/users/{id}/identities/{provider}/{user_id}", t.unlinkIdentity, anyOf("update:users")},
		{"GET /api/v2/users/{id}/logs", t.listUserLogs, anyOf("read:logs", "read:logs_users")},
		{"GET /api/v2/logs/{id}", t.getLog, anyOf("read:logs", "read:logs_users")},

		{"GET /api/v2/users/{id}/roles", t.listUserRoles, anyOf("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/users/{id}/roles", t.assignUserRoles, anyOf("update:users", "create:role_members")},
		{"DELETE /api/v2/users/{id}/roles", t.removeUserRoles, anyOf("update:users", "delete:role_members")},
		{"GET /api/v2/roles", t.listRoles, anyOf("read:roles")},
		{"POST /api/v2/roles", t.createRole, anyOf("create:roles")},
		{"GET /api/v2/roles/{id}", t.getRole, anyOf("read:roles")},
		{"PATCH /api/v2/roles/{id}", t.updateRole, anyOf("update:roles")},
		{"DELETE /api/v2/roles/{id}", t.deleteRole, anyOf("delete:roles")},
		{"GET /api/v2/roles/{id}/users", t.listRoleUsers, anyOf("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/roles/{id}/users", t.assignRoleUsers, anyOf("update:roles", "create:role_members")},

		{"GET /api/v2/users/{id}/authentication-methods", t.listMethods, anyOf("read:authentication_methods")},
		{"POST /api/v2/users/{id}/authentication-methods", t.createMethod, anyOf("create:authentication_methods")},
		{"PUT /api/v2/users/{id}/authentication-methods", t.replaceMethods, anyOf("update:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authentication-methods", t.deleteMethods, anyOf("delete:authentication_methods")},
		{"GET /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.getMethod, anyOf("read:authentication_methods")},
		{"PATCH /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.updateMethod, anyOf("update:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.deleteMethod, anyOf("delete:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authenticators", t.deleteMethods, anyOf("delete:guardian_enrollments")},
		{"DELETE /api/v2/users/{id}/multifactor/{provider}", t.deleteMultifactor, anyOf("update:users")},
		{"POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser", t.forgetBrowsers, anyOf("update:users")},
		{"POST /api/v2/users/{id}/recovery-code-regeneration", t.regenerateRecoveryCode, anyOf("update:users")},
		{"GET /api/v2/users/{id}/enrollments", t.listEnrollments, anyOf("read:users")},
		{"POST /api/v2/guardian/enrollments/ticket", t.createEnrollmentTicket, anyOf("create:guardian_enrollment_tickets")},
		{"GET /api/v2/guardian/enrollments/{id}", t.getEnrollment, anyOf("read:guardian_enrollments")},
		{"DELETE /api/v2/guardian/enrollments/{id}", t.deleteEnrollment, anyOf("delete:guardian_enrollments")},

		{"GET /api/v2/guardian/factors", t.listGuardianFactors, anyOf("read:guardian_factors")},
		{"GET /api/v2/actions/actions", t.listActions, anyOf("read:actions")},
		{"GET /api/v2/actions/triggers/{triggerId}/bindings", t.listBindings, anyOf("read:actions")},
		{"GET /api/v2/resource-servers/{id}", t.getResourceServer, anyOf("read:resource_servers")},

		{"GET /api/v2/users/{user_id}/sessions", t.listUserSessions, anyOf("read:sessions")},
		{"DELETE /api/v2/users/{user_id}/sessions", t.deleteUserSessions, anyOf("delete:sessions")},
		{"GET /api/v2/sessions/{id}", t.getSession, anyOf("read:sessions")},
		{"PATCH /api/v2/sessions/{id}", t.updateSession, anyOf("update:sessions")},
		{"DELETE /api/v2/sessions/{id}", t.deleteSession, anyOf("delete:sessions")},
		{"POST /api/v2/sessions/{id}/revoke", t.revokeSession, anyOf("delete:sessions", "delete:refresh_tokens")},
		{"POST /api/v2/users/{id}/revoke-access", t.revokeAccess, anyOf("delete:sessions", "delete:refresh_tokens")},
		{"GET /api/v2/users/{user_id}/refresh-tokens", t.listUserRefreshTokens, anyOf("read:refresh_tokens")},
		{"DELETE /api/v2/users/{user_id}/refresh-tokens", t.deleteUserRefreshTokens, anyOf("delete:refresh_tokens")},
		{"GET /api/v2/refresh-tokens", t.listRefreshTokens, anyOf("read:refresh_tokens")},
		{"GET /api/v2/refresh-tokens/{id}", t.getRefreshToken, anyOf("read:refresh_tokens")},
		{"PATCH /api/v2/refresh-tokens/{id}", t.updateRefreshToken, anyOf("update:refresh_tokens")},
		{"DELETE /api/v2/refresh-tokens/{id}", t.deleteRefreshToken, anyOf("delete:refresh_tokens")},
		{"POST /api/v2/refresh-tokens/revoke", t.revokeRefreshTokens, anyOf("delete:refresh_tokens")},

		{"GET /api/v2/user-blocks", t.getBlocks, anyOf("read:users")},
		{"DELETE /api/v2/user-blocks", t.deleteBlocks, anyOf("update:users")},
		{"GET /api/v2/user-blocks/{id}", t.getUserBlocks, anyOf("read:users")},
		{"DELETE /api/v2/user-blocks/{id}", t.deleteUserBlocks, anyOf("update:users")},
		{"POST /api/v2/tickets/password-change", t.createPasswordTicket, anyOf("create:user_tickets")},
		{"POST /api/v2/tickets/email-verification", t.createVerificationTicket, anyOf("create:user_tickets")},
		{"POST /api/v2/jobs/verification-email", t.createVerificationJob, anyOf("update:users")},
		{"POST /api/v2/jobs/users-imports", t.importUsers, anyOf("create:users")},
		{"GET /api/v2/jobs/{id}", t.getJob, anyOf("create:users", "read:users")},
		{"GET /api/v2/jobs/{id}/errors", t.getJobErrors, anyOf("create:users", "read:users")},

		{"GET /.well-known/openid-configuration", t.discovery, nil},
		{"GET /.well-known/jwks.json", t.jwks, nil},
		{"GET /authorize", t.authorize, nil},
		{"POST /authorize", t.authorize, nil},
		{"GET /authorize/resume", t.resume, nil},
		{"POST /oauth/token", t.token, nil},
		{"GET /userinfo", t.userinfo, nil},
		{"POST /userinfo", t.userinfo, nil},
		{"POST /oauth/revoke", t.revokeToken, nil},
		{"POST /dbconnections/change_password", t.changePassword, nil},
		{"GET /v2/logout", t.logout, nil},
		{"GET /oidc/logout", t.oidcLogout, nil},
		{"POST /oidc/logout", t.oidcLogout, nil},
		{"GET /u/login", t.loginPage, nil},
		{"POST /u/login", t.login, nil},
		{"GET /u/signup", t.signupPage, nil},
		{"POST /u/signup", t.signup, nil},
		{"GET /u/reset-password/request", t.forgottenPage, nil},
		{"POST /u/reset-password/request", t.forgotten, nil},
		{"GET /u/reset-password", t.resetPage, nil},
		{"POST /u/reset-password", t.resetPassword, nil},
		{"GET /u/email-verification", t.verifyEmail, nil},
		{"GET /u/mfa-otp-enrollment", t.enrolPage, nil},
		{"POST /u/mfa-otp-enrollment", t.enrol, nil},
		{"GET /u/mfa-otp-challenge", t.challengePage, nil},
		{"POST /u/mfa-otp-challenge", t.challenge, nil},
		{"GET /u/mfa-recovery-code-challenge", t.recoveryPage, nil},
		{"POST /u/mfa-recovery-code-challenge", t.recover, nil},
		{"GET /mfa/enrollment", t.ticketEnrolPage, nil},
		{"POST /mfa/enrollment", t.ticketEnrol, nil},
		{"GET /u/social", t.socialPage, nil},
		{"POST /u/social", t.social, nil},
		{"GET /u/style.css", t.stylesheet, nil},

		{"GET /_tenant/stats", t.getStats, nil},
		{"DELETE /_tenant/stats", t.deleteStats, nil},
		{"GET /_tenant/outbox", t.getOutbox, nil},
		{"DELETE /_tenant/outbox", t.deleteOutbox, nil},
		{"GET /_tenant/log", t.getTenantLog, nil},
		{"GET /_tenant/faults", t.getFaults, nil},
		{"POST /_tenant/faults", t.postFault, nil},
		{"DELETE /_tenant/faults", t.deleteFaults, nil},
		{"GET /_tenant/clock", t.getClock, nil},
		{"POST /_tenant/clock", t.moveClock, nil},
		{"GET /_tenant/settings", t.getSettings, nil},
		{"PATCH /_tenant/settings", t.patchSettings, nil},
		{"POST /_tenant/users", t.postUser, nil},
		{"POST /_tenant/rotate-secret", t.postSecret, nil},
		{"POST /_tenant/rotate-key", t.postKey, nil},
		{"POST /_tenant/reset", t.postReset, nil},
	}
}

// Route is a line of the table, as Routes shows it.
type Route struct {
	Pattern string
	Scopes  []string
}

// Routes lists what the tenant serves.
func (t *Tenant) Routes() []Route {
	var out []Route
	for _, r := range t.table() {
		out = append(out, Route{r.pattern, r.scopes})
	}
	return out
}

func (t *Tenant) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range t.table() {
		mux.Handle(r.pattern, t.serve(r))
	}
	mux.Handle("/", t.serve(route{pattern: "/", handle: notFound}))
	return mux
}

// notFound is how Auth0 answers for a path or a method that it does not know.
func notFound(http.ResponseWriter, *http.Request) error {
	return newAPIError(http.StatusNotFound, "", "Not Found")
}
