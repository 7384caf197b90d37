// Command deletemfamethod serves DELETE /mfa/{user_id}/methods/{method}: mfa.DeleteMethod, in internal/mfa/delete_method.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return mfa.DeleteMethod(s.Auth0().MFA()) })
}
