package permission

// Name is the name of a group, of its IAM managed policy, and of the contract's x-permission.
type Name string

// All groups.
const (
	SignIn      Name = "UsherSignIn"
	Read        Name = "UsherRead"
	Manage      Name = "UsherManage"
	Recovery    Name = "UsherRecovery"
	Metadata    Name = "UsherMetadata"
	AppMetadata Name = "UsherAppMetadata"
	MFA         Name = "UsherMFA"
	Identities  Name = "UsherIdentities"
	Sessions    Name = "UsherSessions"
	Support     Name = "UsherSupport"
	Roles       Name = "UsherRoles"

	// Jobs. Each group also reads, cancels and erases the front-end's own jobs.
	Bulk       Name = "UsherBulk"
	Import     Name = "UsherImport"
	BulkDelete Name = "UsherBulkDelete"
	Export     Name = "UsherExport"
)

// groups is the table. The routes come from the operations' declarations.
var groups = []Group{
	{
		Name: SignIn, Scope: "usher:sign-in", Routes: routes[SignIn],
		About: "sign users in and out, refresh and check tokens, ask for a mail to reset a password",
		Needs: []string{"read:connections", "read:clients", "read:users"},
	},
	{
		Name: Read, Scope: "usher:read", Routes: routes[Read],
		About: "list, find and read users",
		Needs: []string{"read:users"},
	},
	{
		Name: Manage, Scope: "usher:manage", Routes: routes[Manage],
		About: "create, invite, change and delete users, their passwords included",
		Needs: []string{
			"create:users", "read:users", "update:users", "delete:users",
			"create:user_tickets", "read:connections", "delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: Recovery, Scope: "usher:recovery", Routes: routes[Recovery],
		About: "make links that set a password or verify an address, and have verification mails sent",
		Needs: []string{"create:user_tickets", "read:users", "update:users"},
	},
	{
		Name: Metadata, Scope: "usher:metadata", Routes: routes[Metadata],
		About: "read and write what users may edit themselves",
		Needs: []string{"read:users", "update:users"},
	},
	{
		Name: AppMetadata, Scope: "usher:app-metadata", Routes: routes[AppMetadata],
		About: "read and write what the company decides of a user",
		Needs: []string{"read:users", "update:users"},
	},
	{
		Name: MFA, Scope: "usher:mfa", Routes: routes[MFA],
		About: "see, add and remove second factors",
		Needs: []string{
			"update:users", "read:authentication_methods", "delete:authentication_methods",
			"create:guardian_enrollment_tickets", "delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: Identities, Scope: "usher:identities", Routes: routes[Identities],
		About: "see, link and unlink the accounts by which a user signs in",
		Needs: []string{"read:users", "update:users"},
	},
	{
		Name: Sessions, Scope: "usher:sessions", Routes: routes[Sessions],
		About: "see a user's sessions and end them",
		Needs: []string{"read:sessions", "delete:sessions", "delete:refresh_tokens"},
	},
	{
		Name: Support, Scope: "usher:support", Routes: routes[Support],
		About: "block and unblock users, and read what has happened to an account",
		Needs: []string{
			"read:users", "update:users",
			"read:logs_users", "delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: Roles, Scope: "usher:roles", Routes: routes[Roles],
		About: "see the roles, and give them to users",
		Needs: []string{"read:users", "read:roles", "update:users"},
	},
	{
		Name: Bulk, Scope: "usher:bulk", Routes: routes[Bulk],
		About: "create, invite and change thousands of users, with their passwords, metadata and blocks",
		Needs: []string{
			"create:users", "read:users", "update:users", "create:user_tickets", "read:connections",
			"delete:sessions", "delete:refresh_tokens",
		},
	},
	{
		Name: Import, Scope: "usher:import", Routes: routes[Import],
		About: "import thousands of users with their password hashes, and replace existing ones",
		Needs: []string{"create:users", "read:users", "read:connections"},
	},
	{
		Name: BulkDelete, Scope: "usher:bulk-delete", Routes: routes[BulkDelete],
		About: "delete thousands of users, after a plan and its confirmation",
		Needs: []string{"read:users", "delete:users"},
	},
	{
		Name: Export, Scope: "usher:export", Routes: routes[Export],
		About: "export all users, or the whole record of one",
		Needs: []string{
			"read:users", "read:authentication_methods", "read:sessions", "read:logs_users", "read:roles",
		},
	},
}
