package localtenant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/core"
	"github.com/auth0/go-auth0/v3/management/option"
	users "github.com/auth0/go-auth0/v3/management/users/client"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// sdk are the options of a go-auth0 client for a tenant.
func sdk(t *testing.T, s *tenanttest.Server) *core.RequestOptions {
	t.Helper()
	return core.NewRequestOptions(option.WithBaseURL(s.URL+"/api/v2"), option.WithToken(newAPI(t, s).token))
}

func TestSDKUsers(t *testing.T) {
	ctx := context.Background()
	s := tenanttest.Start(t)
	c := users.NewClient(sdk(t, s))
	made, err := c.Create(ctx, &management.CreateUserRequestContent{
		Connection: localtenant.Connection, Email: new("sdk@example.com"), Password: new(goodPassword), VerifyEmail: new(false),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Create(ctx, &management.CreateUserRequestContent{
		Connection: localtenant.Connection, Email: new("sdk@example.com"), Password: new(goodPassword),
	})
	if _, ok := errors.AsType[*management.ConflictError](err); !ok {
		t.Errorf("a second time: %v", err)
	}
	id := made.GetUserID()
	got, err := c.Get(ctx, id, &management.GetUserRequestParameters{})
	if err != nil || got.GetEmail() != "sdk@example.com" {
		t.Errorf("get: %v %v", got, err)
	}
	up := &management.UpdateUserRequestContent{}
	up.SetName(new("S. D. Kay"))
	changed, err := c.Update(ctx, id, up)
	if err != nil || changed.GetName() != "S. D. Kay" {
		t.Errorf("update: %v %v", changed, err)
	}
	found, err := c.List(ctx, &management.ListUsersRequestParameters{
		Q: new(`email:"sdk@example.com"`), IncludeTotals: new(true), PerPage: new(10), Page: new(0),
	})
	if err != nil || len(found.Results) != 1 {
		t.Fatalf("list: %v %v", found, err)
	}
	byEmail, err := c.ListUsersByEmail(ctx, &management.ListUsersByEmailRequestParameters{Email: "sdk@example.com"})
	if err != nil || len(byEmail) != 1 {
		t.Errorf("by email: %v %v", byEmail, err)
	}
	if err := c.Delete(ctx, id); err != nil {
		t.Error(err)
	}
	_, err = c.Get(ctx, id, &management.GetUserRequestParameters{})
	if _, ok := errors.AsType[*management.NotFoundError](err); !ok {
		t.Errorf("get after delete: %v", err)
	}
}
