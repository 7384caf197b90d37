package auth0

import (
	"context"
	"fmt"
	"strconv"

	"github.com/auth0/go-auth0/v3/management"
	rolesclient "github.com/auth0/go-auth0/v3/management/roles/client"
	userroles "github.com/auth0/go-auth0/v3/management/users/roles"

	"usher/internal/problem"
	"usher/internal/roles"
)

// Roles is the tenant's roles, and who has them, as the roles package needs them.
type Roles struct{ client *Client }

// Roles returns the tenant's roles.
func (c *Client) Roles() Roles { return Roles{client: c} }

// maxRolePages bounds a list of roles: a tenant has 1,000 of them at most
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy).
const maxRolePages = 10

// All returns all roles; see roles.Lister.
func (r Roles) All(ctx context.Context) ([]roles.Role, error) {
	all, err := everyRole(func(page, size int) ([]*management.Role, float64, error) {
		found, err := rolesclient.NewClient(r.client.sdk).List(ctx, &management.ListRolesRequestParameters{Page: &page, PerPage: &size})
		if err != nil {
			return nil, 0, providerProblem(err)
		}
		return found.Response.Roles, found.Response.GetTotal(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return all, nil
}

// OfUser returns a user's roles; see roles.Getter. The provider does not tell a
// user without roles from none, so the user is asked for, too, where there are
// no roles.
func (r Roles) OfUser(ctx context.Context, userID string) ([]roles.Role, error) {
	held, err := everyRole(func(page, size int) ([]*management.Role, float64, error) {
		found, err := userroles.NewClient(r.client.sdk).List(ctx, userID, &management.ListUserRolesRequestParameters{Page: &page, PerPage: &size})
		if err != nil {
			return nil, 0, ofOneUser(err)
		}
		return found.Response.Roles, found.Response.GetTotal(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the user's roles: %w", err)
	}
	if len(held) == 0 {
		return nil, r.exists(ctx, userID)
	}
	return held, nil
}

func (r Roles) exists(ctx context.Context, userID string) error {
	fields := "user_id"
	if _, err := r.client.users.Get(ctx, userID, &management.GetUserRequestParameters{Fields: &fields}); err != nil {
		return fmt.Errorf("get user: %w", ofOneUser(err))
	}
	return nil
}

// everyRole walks the pages until it has as many as there are.
func everyRole(list func(page, size int) ([]*management.Role, float64, error)) ([]roles.Role, error) {
	var all []roles.Role
	for page := range maxRolePages {
		found, total, err := list(page, pageSize)
		if err != nil {
			return nil, err
		}
		for _, role := range found {
			all = append(all, roles.Role{ID: role.GetID(), Name: role.GetName(), Description: role.GetDescription()})
		}
		if len(found) == 0 || float64(len(all)) >= total {
			break
		}
	}
	return all, nil
}

// Change takes roles away and then gives others; see roles.Changer.
func (r Roles) Change(ctx context.Context, userID string, remove, assign []roles.Role) error {
	if len(remove) > 0 {
		_, err := call(ctx, func(ctx context.Context) (any, error) {
			return nil, userroles.NewClient(r.client.sdk).Delete(ctx, userID, &management.DeleteUserRolesRequestContent{Roles: idsOf(remove)})
		})
		if err != nil {
			return fmt.Errorf("take roles from the user: %w", ofOneUser(err))
		}
	}
	if len(assign) == 0 {
		return nil
	}
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return nil, userroles.NewClient(r.client.sdk).Assign(ctx, userID, &management.AssignUserRolesRequestContent{Roles: idsOf(assign)})
	})
	if err == nil {
		return nil
	}
	err = ofOneUser(err)
	if len(remove) > 0 {
		err = partlyDone(err, roleFields(remove, "was taken away"), roleFields(assign, "was not given"))
	}
	return fmt.Errorf("give the user roles: %w", err)
}

func idsOf(list []roles.Role) []string {
	ids := make([]string, len(list))
	for i, role := range list {
		ids[i] = role.ID
	}
	return ids
}

func roleFields(list []roles.Role, what string) []problem.Field {
	fields := make([]problem.Field, len(list))
	for i, role := range list {
		fields[i] = problem.Field{Field: "roles", Detail: strconv.Quote(role.Name) + " " + what}
	}
	return fields
}
