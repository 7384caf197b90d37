// Command removeuserroles serves DELETE /user-roles/{user_id}: roles.RemoveUserRoles, in internal/roles/remove_user_roles.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return roles.RemoveUserRoles(s.Auth0().Roles()) })
}
