package permission

// groups is the table. A route stands in one group only.
var groups = []Group{
	{
		Name: "UsherSignIn", Scope: "usher:sign-in",
		About: "sign users in and out, refresh and check tokens, ask for a mail to reset a password",
		Routes: []string{
			"GET /connections", "GET /login", "GET /callback", "GET /logout", "POST /token", "POST /introspect", "POST /password-resets",
		},
		Needs: []string{"read:connections", "read:clients", "read:users"},
	},
	{
		Name: "UsherRead", Scope: "usher:read",
		About:  "list, find and read users",
		Routes: []string{"GET /users", "GET /users/{id}"},
		Needs:  []string{"read:users"},
	},
	{
		Name: "UsherManage", Scope: "usher:manage",
		About:  "create, invite, change and delete users, their passwords included",
		Routes: []string{"POST /users", "PATCH /users/{id}", "DELETE /users/{id}", "DELETE /users"},
		Needs: []string{
			"create:users", "read:users", "update:users", "delete:users", "create:user_tickets", "read:connections", "delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: "UsherRecovery", Scope: "usher:recovery",
		About: "make links that set a password or verify an address, and have verification mails sent",
		Routes: []string{
			"POST /password-tickets", "POST /verification-tickets", "POST /verification-emails", "GET /verification-emails/{id}",
		},
		Needs: []string{"create:user_tickets", "read:users", "update:users"},
	},
	{
		Name: "UsherMetadata", Scope: "usher:metadata",
		About:  "read and write what users may edit themselves",
		Routes: []string{"GET /metadata/{user_id}", "PATCH /metadata/{user_id}", "PUT /metadata/{user_id}"},
		Needs:  []string{"read:users", "update:users"},
	},
	{
		Name: "UsherAppMetadata", Scope: "usher:app-metadata",
		About:  "read and write what the company decides of a user",
		Routes: []string{"GET /app-metadata/{user_id}", "PATCH /app-metadata/{user_id}", "PUT /app-metadata/{user_id}"},
		Needs:  []string{"read:users", "update:users"},
	},
	{
		Name: "UsherMFA", Scope: "usher:mfa",
		About: "see, add and remove second factors",
		Routes: []string{
			"GET /mfa/{user_id}", "POST /mfa/{user_id}/enrollments", "POST /mfa/{user_id}/recovery-code",
			"DELETE /mfa/{user_id}", "DELETE /mfa/{user_id}/methods/{method}",
		},
		Needs: []string{
			"update:users", "read:authentication_methods", "delete:authentication_methods",
			"create:guardian_enrollment_tickets", "delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: "UsherIdentities", Scope: "usher:identities",
		About:  "see, link and unlink the accounts by which a user signs in",
		Routes: []string{"GET /identities/{user_id}", "POST /identities/{user_id}", "DELETE /identities/{user_id}/{provider}/{identity}"},
		Needs:  []string{"read:users", "update:users"},
	},
	{
		Name: "UsherSessions", Scope: "usher:sessions",
		About:  "see a user's sessions and end them",
		Routes: []string{"GET /sessions/{user_id}", "DELETE /sessions/{user_id}", "DELETE /sessions/{user_id}/{session}"},
		Needs:  []string{"read:sessions", "delete:sessions", "delete:refresh_tokens"},
	},
	{
		Name: "UsherSupport", Scope: "usher:support",
		About: "block and unblock users, and read what has happened to an account",
		Routes: []string{
			"PUT /blocks/{user_id}", "DELETE /blocks/{user_id}", "GET /login-blocks/{user_id}", "DELETE /login-blocks/{user_id}", "GET /events/{user_id}",
		},
		Needs: []string{"read:users", "update:users", "read:logs_users", "delete:sessions", "delete:refresh_tokens"},
	},
	{
		Name: "UsherRoles", Scope: "usher:roles",
		About:  "see the roles, and give them to users",
		Routes: []string{"GET /roles", "GET /user-roles/{user_id}", "PUT /user-roles/{user_id}", "DELETE /user-roles/{user_id}"},
		Needs:  []string{"read:users", "read:roles", "update:users"},
	},
}
