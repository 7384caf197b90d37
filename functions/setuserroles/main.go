// Command setuserroles serves PUT /user-roles/{user_id}: roles.SetUserRoles, in internal/roles/set_user_roles.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return roles.SetUserRoles(s.Auth0().Roles()) })
}
