// Command getuserroles serves GET /user-roles/{user_id}: roles.GetUserRoles, in internal/roles/get_user_roles.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return roles.GetUserRoles(s.Auth0().Roles()) })
}
