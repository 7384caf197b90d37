package localtenant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/auth0/go-auth0/v3/management"
	actions "github.com/auth0/go-auth0/v3/management/actions/client"
	"github.com/auth0/go-auth0/v3/management/actions/triggers/bindings"
	clients "github.com/auth0/go-auth0/v3/management/clients/client"
	connections "github.com/auth0/go-auth0/v3/management/connections/client"
	"github.com/auth0/go-auth0/v3/management/core"
	"github.com/auth0/go-auth0/v3/management/guardian/enrollments"
	guardianfactors "github.com/auth0/go-auth0/v3/management/guardian/factors/client"
	jobs "github.com/auth0/go-auth0/v3/management/jobs/client"
	"github.com/auth0/go-auth0/v3/management/jobs/verificationemail"
	"github.com/auth0/go-auth0/v3/management/refreshtokens"
	"github.com/auth0/go-auth0/v3/management/resourceservers"
	roles "github.com/auth0/go-auth0/v3/management/roles/client"
	roleusers "github.com/auth0/go-auth0/v3/management/roles/users"
	"github.com/auth0/go-auth0/v3/management/sessions"
	"github.com/auth0/go-auth0/v3/management/tickets"
	"github.com/auth0/go-auth0/v3/management/userblocks"
	"github.com/auth0/go-auth0/v3/management/users/authenticationmethods"
	"github.com/auth0/go-auth0/v3/management/users/authenticators"
	users "github.com/auth0/go-auth0/v3/management/users/client"
	userenrollments "github.com/auth0/go-auth0/v3/management/users/enrollments"
	"github.com/auth0/go-auth0/v3/management/users/identities"
	"github.com/auth0/go-auth0/v3/management/users/logs"
	"github.com/auth0/go-auth0/v3/management/users/multifactor"
	"github.com/auth0/go-auth0/v3/management/users/refreshtoken"
	userroles "github.com/auth0/go-auth0/v3/management/users/roles"
	usersessions "github.com/auth0/go-auth0/v3/management/users/sessions"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// one fails the test on an error and returns the value.
func one[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// all fails the test on the first error.
func all(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestSDKResources calls every operation of go-auth0's clients for the resources
// that the tenant serves, and checks that something sensible is decoded.
func TestSDKResources(t *testing.T) {
	ctx := context.Background()
	s := tenanttest.Start(t)
	o := sdk(t, s)
	id := newAPI(t, s).addUser("sdk@example.com")
	other := newAPI(t, s).addUser("other@example.com")
	t.Run("roles", func(t *testing.T) { sdkRoles(ctx, t, o, id) })
	t.Run("factors", func(t *testing.T) { sdkFactors(ctx, t, o, id) })
	t.Run("sessions", func(t *testing.T) { sdkSessions(ctx, t, s, o, id) })
	t.Run("the rest", func(t *testing.T) { sdkRest(ctx, t, s, o, id, other) })
}

func sdkRoles(ctx context.Context, t *testing.T, o *core.RequestOptions, id string) {
	c, members, mine := roles.NewClient(o), roleusers.NewClient(o), userroles.NewClient(o)
	role := one(c.Create(ctx, &management.CreateRoleRequestContent{Name: "editor"}))(t).GetID()
	all(t, members.Assign(ctx, role, &management.AssignRoleUsersRequestContent{Users: []string{id}}),
		mine.Assign(ctx, id, &management.AssignUserRolesRequestContent{Roles: []string{role}}))
	if got := one(members.List(ctx, role, &management.ListRoleUsersRequestParameters{Take: new(10)}))(t); len(got.Results) != 1 {
		t.Errorf("members %v", got.Results)
	}
	if got := one(mine.List(ctx, id, &management.ListUserRolesRequestParameters{IncludeTotals: new(true)}))(t); len(got.Results) != 1 {
		t.Errorf("roles %v", got.Results)
	}
	if got := one(c.List(ctx, &management.ListRolesRequestParameters{IncludeTotals: new(true), NameFilter: new("edit")}))(t); len(got.Results) != 1 {
		t.Errorf("roles %v", got.Results)
	}
	if got := one(c.Update(ctx, role, &management.UpdateRoleRequestContent{Name: new("writer")}))(t); got.GetName() != "writer" {
		t.Errorf("updated %v", got)
	}
	one(c.Get(ctx, role))(t)
	all(t, mine.Delete(ctx, id, &management.DeleteUserRolesRequestContent{Roles: []string{role}}), c.Delete(ctx, role))
	_, err := c.Get(ctx, role)
	if _, gone := errors.AsType[*management.NotFoundError](err); !gone {
		t.Errorf("get after delete: %v", err)
	}
}

func sdkFactors(ctx context.Context, t *testing.T, o *core.RequestOptions, id string) {
	c := authenticationmethods.NewClient(o)
	made := one(c.Create(ctx, id, &management.CreateUserAuthenticationMethodRequestContent{
		Type: "phone", PhoneNumber: new("+44207183875044"), Name: new("mine"),
	}))(t)
	method := made.GetID()
	one(c.Get(ctx, id, method))(t)
	one(c.Update(ctx, id, method, &management.UpdateUserAuthenticationMethodRequestContent{Name: new("yours")}))(t)
	if got := one(c.List(ctx, id, &management.ListUserAuthenticationMethodsRequestParameters{IncludeTotals: new(true)}))(t); len(got.Results) != 1 {
		t.Errorf("methods %v", got.Results)
	}
	enrolled := one(userenrollments.NewClient(o).Get(ctx, id))(t)
	if len(enrolled) != 1 {
		t.Fatalf("enrollments %v", enrolled)
	}
	guardian := enrollments.NewClient(o)
	one(guardian.Get(ctx, enrolled[0].GetID()))(t)
	all(t, guardian.Delete(ctx, enrolled[0].GetID()))
	if got := one(guardianfactors.NewClient(o).List(ctx))(t); len(got) != 8 || got[0].GetName() != "sms" || got[0].GetEnabled() {
		t.Errorf("factors %v", got)
	}
	one(guardian.CreateTicket(ctx, &management.CreateGuardianEnrollmentTicketRequestContent{UserID: id}))(t)
	set := one(c.Set(ctx, id, management.SetUserAuthenticationMethodsRequestContent{
		{Type: "email", Email: new("a@example.com")}, {Type: "totp", TotpSecret: new("JBSWY3DPEHPK3PXP")},
	}))(t)
	if got := one(users.NewClient(o).RegenerateRecoveryCode(ctx, id))(t); len(got.GetRecoveryCode()) != 24 {
		t.Errorf("recovery code %q", got.GetRecoveryCode())
	}
	mfa := multifactor.NewClient(o)
	all(t, c.Delete(ctx, id, set[0].GetID()), mfa.DeleteProvider(ctx, id, new(management.UserMultifactorProviderEnum("google-authenticator"))),
		mfa.InvalidateRememberBrowser(ctx, id), c.DeleteAll(ctx, id), authenticators.NewClient(o).DeleteAll(ctx, id))
}

func sdkSessions(ctx context.Context, t *testing.T, s *tenanttest.Server, o *core.RequestOptions, id string) {
	signIn := func() {
		t.Helper()
		redeem(t, s, newBrowser(t, s).signIn(s, "sdk@example.com", goodPassword, nil).Get("code"), nil)
	}
	signIn()
	signIn()
	mine, c := usersessions.NewClient(o), sessions.NewClient(o)
	list := one(mine.List(ctx, id, &management.ListUserSessionsRequestParameters{Take: new(10)}))(t)
	if len(list.Results) != 2 {
		t.Fatalf("sessions %v", list.Results)
	}
	one(c.Get(ctx, list.Results[0].GetID()))(t)
	one(c.Update(ctx, list.Results[0].GetID(), &management.UpdateSessionRequestContent{
		SessionMetadata: new(management.SessionMetadata{"k": "v"}),
	}))(t)
	tokens, refresh := refreshtoken.NewClient(o), refreshtokens.NewClient(o)
	held := one(tokens.List(ctx, id, &management.ListRefreshTokensRequestParameters{Take: new(10)}))(t)
	if len(held.Results) != 2 {
		t.Fatalf("refresh tokens %v", held.Results)
	}
	one(refresh.Get(ctx, held.Results[0].GetID()))(t)
	one(refresh.Update(ctx, held.Results[0].GetID(), &management.UpdateRefreshTokenRequestContent{
		RefreshTokenMetadata: new(management.RefreshTokenMetadata{"k": "v"}),
	}))(t)
	one(refresh.List(ctx, &management.GetRefreshTokensRequestParameters{UserID: id}))(t)
	all(t, c.Revoke(ctx, list.Results[0].GetID()), c.Delete(ctx, list.Results[1].GetID()), refresh.Delete(ctx, held.Results[1].GetID()),
		refresh.Revoke(ctx, &management.RevokeRefreshTokensRequestContent{UserID: new(id)}),
		users.NewClient(o).RevokeAccess(ctx, id, &management.RevokeUserAccessRequestContent{}),
		mine.Delete(ctx, id), tokens.Delete(ctx, id))
	if got := one(logs.NewClient(o).List(ctx, id, &management.ListUserLogsRequestParameters{IncludeTotals: new(true)}))(t); len(got.Results) != 2 {
		t.Errorf("logs %v", got.Results)
	}
}

func sdkRest(ctx context.Context, t *testing.T, s *tenanttest.Server, o *core.RequestOptions, id, other string) {
	c := identities.NewClient(o)
	linked := one(c.Link(ctx, id, &management.LinkUserIdentityRequestContent{
		Provider: new(management.UserIdentityProviderEnum("auth0")), UserID: &management.UserID{String: other},
	}))(t)
	if len(linked) != 2 {
		t.Errorf("linked %v", linked)
	}
	left := one(c.Delete(ctx, id, new(management.UserIdentityProviderEnum("auth0")), other))(t)
	if len(left) != 1 {
		t.Errorf("left %v", left)
	}
	blocks := userblocks.NewClient(o)
	one(blocks.List(ctx, id, &management.ListUserBlocksRequestParameters{}))(t)
	one(blocks.ListByIdentifier(ctx, &management.ListUserBlocksByIdentifierRequestParameters{Identifier: "sdk@example.com"}))(t)
	all(t, blocks.Delete(ctx, id), blocks.DeleteByIdentifier(ctx, &management.DeleteUserBlocksByIdentifierRequestParameters{Identifier: "sdk@example.com"}))
	tick := tickets.NewClient(o)
	if got := one(tick.ChangePassword(ctx, &management.ChangePasswordTicketRequestContent{UserID: new(id)}))(t); got.GetTicket() == "" {
		t.Errorf("ticket %v", got)
	}
	one(tick.VerifyEmail(ctx, &management.VerifyEmailTicketRequestContent{UserID: id}))(t)
	job := one(verificationemail.NewClient(o).Create(ctx, &management.CreateVerificationEmailRequestContent{UserID: id}))(t)
	if got := one(jobs.NewClient(o).Get(ctx, job.GetID()))(t); got.GetStatus() != "completed" {
		t.Errorf("job %v", got)
	}
	if got := one(clients.NewClient(o).Get(ctx, localtenant.ClientID, &management.GetClientRequestParameters{}))(t); len(got.GetCallbacks()) != 2 || got.GetAppType() != "regular_web" {
		t.Errorf("client %v", got)
	}
	if got := one(actions.NewClient(o).List(ctx, &management.ListActionsRequestParameters{}))(t); len(got.Results) != 1 || !got.Results[0].GetAllChangesDeployed() {
		t.Errorf("actions %v", got.Results)
	}
	bound := one(bindings.NewClient(o).List(ctx, new(management.ActionTriggerTypeEnum("post-login")), &management.ListActionTriggerBindingsRequestParameters{}))(t)
	if len(bound.Results) != 1 || bound.Results[0].GetDisplayName() != "require-mfa" {
		t.Errorf("bindings %v", bound.Results)
	}
	if got := one(resourceservers.NewClient(o).Get(ctx, s.Tenant.Audience(), &management.GetResourceServerRequestParameters{}))(t); !got.GetIsSystem() {
		t.Errorf("API %v", got)
	}
	conns := one(connections.NewClient(o).List(ctx, &management.ListConnectionsQueryParameters{Take: new(50)}))(t)
	if len(conns.Results) != 7 {
		t.Errorf("connections %v", conns.Results)
	}
	one(connections.NewClient(o).Get(ctx, conns.Results[0].GetID(), &management.GetConnectionRequestParameters{}))(t)
}
