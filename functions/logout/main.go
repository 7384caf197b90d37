// Command logout serves GET /logout: session.Logout, in internal/session/logout.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.Logout(env.SignIn(), env.Session()) })
}
