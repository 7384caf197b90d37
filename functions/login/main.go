// Command login serves GET /login: session.Login, in internal/session/login.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.Login(env.SignIn(), env.Sealer(), env.Session()) })
}
