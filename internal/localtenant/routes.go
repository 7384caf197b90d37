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
	any := func(scopes ...string) []string { return scopes }
	return []route{
		{"GET /api/v2/users", t.listUsers, any("read:users", "read:user_idp_tokens")},
		{"POST /api/v2/users", t.createUser, any("create:users")},
		{"GET /api/v2/users/{id}", t.getUser, any("read:users", "read:user_idp_tokens")},
		{"PATCH /api/v2/users/{id}", t.updateUser, any("update:users", "update:users_app_metadata")},
		{"DELETE /api/v2/users/{id}", t.deleteUser, any("delete:users")},
		{"GET /api/v2/users-by-email", t.listUsersByEmail, any("read:users")},
		{"GET /api/v2/connections", t.listConnections, any("read:connections")},
		{"GET /api/v2/connections/{id}", t.getConnection, any("read:connections")},
		{"GET /api/v2/clients/{id}", t.getClient, any("read:clients", "read:client_keys", "read:client_credentials", "read:client_summary")},
		{"PATCH /api/v2/clients/{id}", t.updateClient, any("update:clients", "update:client_keys")},
		{"GET /api/v2/clients/{id}/connections", t.listClientConnections, any("read:connections")},

		{"POST /api/v2/users/{id}/identities", t.linkIdentity, any("update:users")},
		{"DELETE /api/v2/users/{id}/identities/{provider}/{user_id}", t.unlinkIdentity, any("update:users")},
		{"GET /api/v2/users/{id}/logs", t.listUserLogs, any("read:logs", "read:logs_users")},
		{"GET /api/v2/logs/{id}", t.getLog, any("read:logs", "read:logs_users")},

		{"GET /api/v2/users/{id}/roles", t.listUserRoles, any("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/users/{id}/roles", t.assignUserRoles, any("update:users", "create:role_members")},
		{"DELETE /api/v2/users/{id}/roles", t.removeUserRoles, any("update:users", "delete:role_members")},
		{"GET /api/v2/roles", t.listRoles, any("read:roles")},
		{"POST /api/v2/roles", t.createRole, any("create:roles")},
		{"GET /api/v2/roles/{id}", t.getRole, any("read:roles")},
		{"PATCH /api/v2/roles/{id}", t.updateRole, any("update:roles")},
		{"DELETE /api/v2/roles/{id}", t.deleteRole, any("delete:roles")},
		{"GET /api/v2/roles/{id}/users", t.listRoleUsers, any("read:users", "read:roles", "read:role_members")},
		{"POST /api/v2/roles/{id}/users", t.assignRoleUsers, any("update:roles", "create:role_members")},

		{"GET /api/v2/users/{id}/authentication-methods", t.listMethods, any("read:authentication_methods")},
		{"POST /api/v2/users/{id}/authentication-methods", t.createMethod, any("create:authentication_methods")},
		{"PUT /api/v2/users/{id}/authentication-methods", t.replaceMethods, any("update:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authentication-methods", t.deleteMethods, any("delete:authentication_methods")},
		{"GET /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.getMethod, any("read:authentication_methods")},
		{"PATCH /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.updateMethod, any("update:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authentication-methods/{authentication_method_id}", t.deleteMethod, any("delete:authentication_methods")},
		{"DELETE /api/v2/users/{id}/authenticators", t.deleteMethods, any("delete:guardian_enrollments")},
		{"DELETE /api/v2/users/{id}/multifactor/{provider}", t.deleteMultifactor, any("update:users")},
		{"POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser", t.forgetBrowsers, any("update:users")},
		{"POST /api/v2/users/{id}/recovery-code-regeneration", t.regenerateRecoveryCode, any("update:users")},
		{"GET /api/v2/users/{id}/enrollments", t.listEnrollments, any("read:users")},
		{"POST /api/v2/guardian/enrollments/ticket", t.createEnrollmentTicket, any("create:guardian_enrollment_tickets")},
		{"GET /api/v2/guardian/enrollments/{id}", t.getEnrollment, any("read:guardian_enrollments")},
		{"DELETE /api/v2/guardian/enrollments/{id}", t.deleteEnrollment, any("delete:guardian_enrollments")},

		{"GET /api/v2/guardian/factors", t.listGuardianFactors, any("read:guardian_factors")},
		{"GET /api/v2/actions/actions", t.listActions, any("read:actions")},
		{"GET /api/v2/actions/triggers/{triggerId}/bindings", t.listBindings, any("read:actions")},
		{"GET /api/v2/resource-servers/{id}", t.getResourceServer, any("read:resource_servers")},

		{"GET /api/v2/users/{user_id}/sessions", t.listUserSessions, any("read:sessions")},
		{"DELETE /api/v2/users/{user_id}/sessions", t.deleteUserSessions, any("delete:sessions")},
		{"GET /api/v2/sessions/{id}", t.getSession, any("read:sessions")},
		{"PATCH /api/v2/sessions/{id}", t.updateSession, any("update:sessions")},
		{"DELETE /api/v2/sessions/{id}", t.deleteSession, any("delete:sessions")},
		{"POST /api/v2/sessions/{id}/revoke", t.revokeSession, any("delete:sessions", "delete:refresh_tokens")},
		{"POST /api/v2/users/{id}/revoke-access", t.revokeAccess, any("delete:sessions", "delete:refresh_tokens")},
		{"GET /api/v2/users/{user_id}/refresh-tokens", t.listUserRefreshTokens, any("read:refresh_tokens")},
		{"DELETE /api/v2/users/{user_id}/refresh-tokens", t.deleteUserRefreshTokens, any("delete:refresh_tokens")},
		{"GET /api/v2/refresh-tokens", t.listRefreshTokens, any("read:refresh_tokens")},
		{"GET /api/v2/refresh-tokens/{id}", t.getRefreshToken, any("read:refresh_tokens")},
		{"PATCH /api/v2/refresh-tokens/{id}", t.updateRefreshToken, any("update:refresh_tokens")},
		{"DELETE /api/v2/refresh-tokens/{id}", t.deleteRefreshToken, any("delete:refresh_tokens")},
		{"POST /api/v2/refresh-tokens/revoke", t.revokeRefreshTokens, any("delete:refresh_tokens")},

		{"GET /api/v2/user-blocks", t.getBlocks, any("read:users")},
		{"DELETE /api/v2/user-blocks", t.deleteBlocks, any("update:users")},
		{"GET /api/v2/user-blocks/{id}", t.getUserBlocks, any("read:users")},
		{"DELETE /api/v2/user-blocks/{id}", t.deleteUserBlocks, any("update:users")},
		{"POST /api/v2/tickets/password-change", t.createPasswordTicket, any("create:user_tickets")},
		{"POST /api/v2/tickets/email-verification", t.createVerificationTicket, any("create:user_tickets")},
		{"POST /api/v2/jobs/verification-email", t.createVerificationJob, any("update:users")},
		{"POST /api/v2/jobs/users-imports", t.importUsers, any("create:users")},
		{"GET /api/v2/jobs/{id}", t.getJob, any("create:users", "read:users")},
		{"GET /api/v2/jobs/{id}/errors", t.getJobErrors, any("create:users", "read:users")},

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
