package auth0

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/auth0/go-auth0/v3/management"
	rolesclient "github.com/auth0/go-auth0/v3/management/roles/client"
	userroles "github.com/auth0/go-auth0/v3/management/users/roles"
	"github.com/tidwall/gjson"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/roles"
)

// Roles implements the interfaces of package roles.
type Roles struct{ client *Client }

// Roles returns the access to the tenant's roles.
func (c *Client) Roles() Roles { return Roles{client: c} }

// maxRolePages limits a list of roles: a tenant has at most 1,000
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy).
const maxRolePages = 10

// All returns all roles; see roles.Lister.
func (r Roles) All(ctx context.Context) ([]roles.Role, error) {
	all, err := r.every(ctx, func(ctx context.Context, page, size int) (any, error) {
		return rolesclient.NewClient(r.client.sdk).List(ctx, &management.ListRolesRequestParameters{Page: &page, PerPage: &size})
	})
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", providerProblem(err))
	}
	return all, nil
}

// OfUser returns a user's roles; see roles.Getter. The provider returns an empty list for
// an unknown user as well, so an empty list requires another call.
func (r Roles) OfUser(ctx context.Context, id limits.UserID) ([]roles.Role, error) {
	held, err := r.every(ctx, func(ctx context.Context, page, size int) (any, error) {
		return userroles.NewClient(r.client.sdk).List(ctx, id.String(), &management.ListUserRolesRequestParameters{Page: &page, PerPage: &size})
	})
	if err != nil {
		return nil, fmt.Errorf("list the user's roles: %w", userProblem(err))
	}
	if len(held) == 0 {
		return nil, r.exists(ctx, id.String())
	}
	return held, nil
}

func (r Roles) exists(ctx context.Context, userID string) error {
	_, err := r.client.membersOf(ctx, userID, "user_id")
	return err
}

// every reads all pages of a list.
func (r Roles) every(ctx context.Context, list func(ctx context.Context, page, size int) (any, error)) ([]roles.Role, error) {
	reading := r.client.reading(ctx)
	var all []roles.Role
	for page := range maxRolePages {
		body, err := call(ctx, func(ctx context.Context) (any, error) { return list(ctx, page, pageSize) })
		if err != nil {
			return nil, err
		}
		root, items, err := reading.list(body, "roles")
		if err != nil {
			return nil, err
		}
		found, err := each(items, reading.role)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		total, known := reading.count("roles.total", root.Get("total"))
		if len(items) == 0 || known && len(all) >= total || !known && len(items) < pageSize {
			break
		}
	}
	return all, nil
}

func (r *reading) role(v gjson.Result) (roles.Role, error) {
	role := roles.Role{
		ID:          r.text("role.id", v.Get("id")),
		Name:        r.text("role.name", v.Get("name")),
		Description: r.text("role.description", v.Get("description")),
	}
	if role.ID == "" {
		return roles.Role{}, errIncomplete
	}
	role.Name = cmp.Or(role.Name, role.ID) // a request may contain either
	return role, nil
}

// Change removes roles from a user and then assigns others; see roles.Changer.
func (r Roles) Change(ctx context.Context, id limits.UserID, remove, assign []roles.Role) error {
	if len(remove) > 0 {
		_, err := call(ctx, func(ctx context.Context) (any, error) {
			return nil, userroles.NewClient(r.client.sdk).Delete(ctx, id.String(), &management.DeleteUserRolesRequestContent{Roles: idsOf(remove)})
		})
		if err != nil {
			return fmt.Errorf("remove the user's roles: %w", userProblem(err))
		}
	}
	if len(assign) == 0 {
		return nil
	}
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return nil, userroles.NewClient(r.client.sdk).Assign(ctx, id.String(), &management.AssignUserRolesRequestContent{Roles: idsOf(assign)})
	})
	if err == nil {
		return nil
	}
	err = userProblem(err)
	if len(remove) > 0 {
		err = partlyDone(err, roleFields(remove, "was removed"), roleFields(assign, "was not assigned"))
	}
	return fmt.Errorf("assign roles to the user: %w", err)
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
