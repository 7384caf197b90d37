// Command callback serves GET /callback: session.Callback, in internal/session/callback.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.Callback(env.SignIn(), env.Sealer(), env.Session()) })
}
